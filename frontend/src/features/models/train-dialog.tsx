import {
  Alert,
  Button,
  Chip,
  Collapse,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { datasetsQuery, trainingStart, type Dataset, type ModelRow } from '@/features/models/api';
import { StartFrom, useStart, type Init } from '@/features/models/start-from';
import { KIND_ABOUT, KIND_WORDS, modelWords as words } from '@/features/models/strings';
import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { useAction } from '@/hooks/use-action';
import { newIdempotencyKey } from '@/lib/api-client';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const MINUTES = [2, 10, 30, 60];
const SIZES = [0, 256, 320, 416, 640];

type Props = { projectId: string; models: ModelRow[]; datasetId?: string; onClose: () => void };

export function TrainDialog({ projectId, onClose, ...rest }: Props) {
  const datasets = useQuery(datasetsQuery(projectId));
  const frozen = datasets.data?.results.filter(({ state }) => state === 'frozen') ?? [];
  return (
    <Modal opened onClose={onClose} title={words.trainTitle}>
      <QueryView
        query={datasets}
        skeleton={<TableSkeleton rows={4} />}
        isEmpty={() => frozen.length === 0}
        empty={
          <Stack>
            <Text size="sm">{words.noDataset}</Text>
            <Group justify="flex-end">
              <ButtonLink to={paths.datasets(projectId)}>{words.goDatasets}</ButtonLink>
            </Group>
          </Stack>
        }
      >
        {() => <TrainForm projectId={projectId} frozen={frozen} onClose={onClose} {...rest} />}
      </QueryView>
    </Modal>
  );
}

function versionName(version: Dataset): string {
  const items = version.counts?.splits?.train?.items;
  return [
    `v${version.number}`,
    version.name,
    items === undefined ? '' : `${plural(items, 'picture')} to learn from`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function TrainForm({ projectId, models, datasetId, frozen, onClose }: Props & { frozen: Dataset[] }) {
  const [key] = useState(newIdempotencyKey);
  const [dataset, setDataset] = useState(
    frozen.find(({ id }) => id === datasetId)?.id ?? frozen[0]?.id ?? '',
  );
  const [kind, setKind] = useState<ModelRow['kind']>('detect');
  const [minutes, setMinutes] = useState<number | string>(10);
  const [seed, setSeed] = useState<number | string>(0);
  const [size, setSize] = useState(0);
  const [isMore, setMore] = useState(false);
  const [wished, setWished] = useState<Init>('production');
  const [picked, setPicked] = useState<string | null>(null);
  const from = useStart(projectId, kind, models, wished);
  const weightsId = from.init === 'weights' ? (picked ?? from.weights?.[0]?.id ?? null) : null;
  const start = useAction({
    run: () =>
      trainingStart(
        projectId,
        {
          dataset_version_id: dataset,
          kind,
          minutes: Number(minutes),
          init: from.init,
          weights_id: weightsId,
          seed: Number(seed),
          input_size: size,
          max_steps: 0,
        },
        key,
      ),
    makesOld: [['trainings', projectId], ['jobs']],
    done: 'The training waits for a free worker',
    errors: 'inline',
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {start.error && (
          <Alert color="red" variant="light" role="alert">
            {start.error.message}
          </Alert>
        )}
        <Select
          label={words.dataset}
          data={frozen.map((version) => ({ value: version.id, label: versionName(version) }))}
          value={dataset}
          allowDeselect={false}
          onChange={(value) => setDataset(value ?? '')}
        />
        <Select
          label={words.kind}
          description={KIND_ABOUT[kind]}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }))}
          value={kind}
          allowDeselect={false}
          onChange={(value) => setKind((value ?? kind) as ModelRow['kind'])}
        />
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <NumberInput
            label={words.minutes}
            min={0.1}
            max={1440}
            step={5}
            w={120}
            value={minutes}
            error={start.error?.fields.minutes}
            onChange={setMinutes}
          />
          <Chip.Group value={String(minutes)} onChange={(value) => setMinutes(Number(value))}>
            <Group gap={6} pb={3}>
              {MINUTES.map((choice) => (
                <Chip key={choice} value={String(choice)} size="xs" variant="light">
                  {choice}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Group>
        <Text size="xs" c="dimmed" mt={-8}>
          {words.minutesAbout}
        </Text>
        <StartFrom start={from} weightsId={weightsId} onInit={setWished} onWeights={setPicked} />
        <UnstyledButton fz="sm" c="dimmed" aria-expanded={isMore} onClick={() => setMore(!isMore)}>
          {isMore ? 'Fewer settings' : 'More settings'}
        </UnstyledButton>
        <Collapse expanded={isMore}>
          <Group grow align="flex-start">
            <NumberInput
              label={words.seed}
              description={words.seedAbout}
              min={0}
              allowDecimal={false}
              value={seed}
              onChange={setSeed}
            />
            <Select
              label={words.inputSize}
              description="Larger finds smaller things and takes longer."
              allowDeselect={false}
              data={SIZES.map((side) => ({ value: String(side), label: side ? `${side} px` : 'As fits' }))}
              value={String(size)}
              onChange={(value) => setSize(Number(value))}
            />
          </Group>
        </Collapse>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={start.isPending}
            disabled={!dataset || !Number(minutes) || (from.init === 'weights' && !weightsId)}
          >
            {words.train}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
