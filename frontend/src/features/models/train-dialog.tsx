import {
  Alert,
  Button,
  Chip,
  Collapse,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';

import {
  checkpointsQuery,
  datasetsQuery,
  trainingStart,
  type Dataset,
  type ModelRow,
} from '@/features/models/api';
import { KIND_ABOUT, KIND_WORDS, modelWords as words } from '@/features/models/strings';
import { ButtonLink } from '@/components/links';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { useAction } from '@/hooks/use-action';
import { newIdempotencyKey } from '@/lib/api-client';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const MINUTES = [2, 10, 30, 60];
const SMALL_DETECTOR = 'site-n';
const SIZES = [0, 256, 320, 416, 640];

type Init = 'production' | 'scratch' | 'sam';
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
  const inProduction = (wanted: ModelRow['kind']): ModelRow | undefined =>
    models.find((model) => model.state === 'production' && model.kind === wanted);
  const isAssist = kind === 'assist';
  const own = inProduction(kind);
  // A first segmenter goes on from the small detector: they see with the same network.
  const detector = kind === 'instance' || kind === 'segment' ? inProduction('detect') : undefined;
  const production = own ?? (detector?.architecture === SMALL_DETECTOR ? detector : undefined);
  // The assist can always go on from something: the one that ships.
  const canWarm = isAssist || production?.provider === 'siteloop';
  const [init, setInit] = useState<Init>('production');
  const checkpoints = useQuery({ ...checkpointsQuery, enabled: isAssist, retry: false });
  // Who may not look is not told; the server says so where there is none.
  const hasSam = checkpoints.data?.checkpoints.some(({ active }) => active) ?? checkpoints.isError;
  const wanted = init === 'sam' && !(isAssist && hasSam) ? 'production' : init;
  const chosen = wanted === 'production' && !canWarm ? 'scratch' : wanted;
  const start = useAction({
    run: () =>
      trainingStart(
        projectId,
        {
          dataset_version_id: dataset,
          kind,
          minutes: Number(minutes),
          init: chosen,
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
        <Field name={words.init} about={chosen === 'sam' ? words.initSamAbout : words.initAbout}>
          <SegmentedControl
            aria-label={words.init}
            data={[
              {
                value: 'production',
                label: warmName(production, kind),
                disabled: !canWarm,
              },
              { value: 'scratch', label: words.initScratch },
              ...(isAssist ? [{ value: 'sam', label: words.initSam, disabled: !hasSam }] : []),
            ]}
            value={chosen}
            onChange={(value) => setInit(value as typeof init)}
          />
        </Field>
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
          <Button type="submit" loading={start.isPending} disabled={!dataset || !Number(minutes)}>
            {words.train}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function warmName(production: ModelRow | undefined, kind: ModelRow['kind']): string {
  if (production) {
    const name = production.kind === kind ? words.initProduction : words.initDetector;
    return `${name} (${production.number})`;
  }
  return kind === 'assist' ? words.initShipped : words.initProduction;
}

function Field({ name, about, children }: { name: string; about?: string; children: ReactNode }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      {children}
      {about && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
    </Stack>
  );
}
