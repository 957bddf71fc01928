import { Alert, Code, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';

import { checkpointsQuery, weightsQuery, type ModelRow, type StartingWeights } from '@/features/models/api';
import { modelWords as words } from '@/features/models/strings';
import { bytes, plural } from '@/lib/numbers';

const SMALL_DETECTOR = 'site-n';

export type Init = 'production' | 'scratch' | 'sam' | 'weights';

const ABOUT: Record<Init, string> = {
  production: words.initAbout,
  scratch: words.initScratchAbout,
  sam: words.initSamAbout,
  weights: words.initWeightsAbout,
};

/** What a training of this kind may start from, and what it does of all that was wished for. */
export function useStart(projectId: string, kind: ModelRow['kind'], models: ModelRow[], wished: Init) {
  const inProduction = (wanted: ModelRow['kind']): ModelRow | undefined =>
    models.find((model) => model.state === 'production' && model.kind === wanted);
  // A first segmenter goes on from the small detector: they see with the same network.
  const detector = kind === 'instance' || kind === 'segment' ? inProduction('detect') : undefined;
  const production = inProduction(kind) ?? (detector?.architecture === SMALL_DETECTOR ? detector : undefined);
  const isAssist = kind === 'assist';
  const checkpoints = useQuery({ ...checkpointsQuery, enabled: isAssist, retry: false });
  const weights = useQuery({ ...weightsQuery(projectId), enabled: kind === 'detect' });
  // Who may not look is not told; the server says so where there is none.
  const hasSam = checkpoints.data?.checkpoints.some(({ active }) => active) ?? checkpoints.isError;
  // The assist can always go on from something: the one that ships.
  const canWarm = isAssist || production?.provider === 'siteloop';
  const can: Record<Init, boolean> = {
    production: canWarm,
    scratch: true,
    sam: isAssist && hasSam,
    weights: kind === 'detect',
  };
  const fallback: Init = canWarm ? 'production' : 'scratch';
  return {
    init: can[wished] ? wished : fallback,
    choices: [
      { value: 'production', label: warmName(production, kind), disabled: !canWarm },
      { value: 'scratch', label: words.initScratch },
      ...(isAssist ? [{ value: 'sam', label: words.initSam, disabled: !hasSam }] : []),
      ...(kind === 'detect' ? [{ value: 'weights', label: words.initWeights }] : []),
    ],
    weights: weights.data,
    lacksSam: isAssist && !checkpoints.isPending && !hasSam,
  };
}

type Props = {
  start: ReturnType<typeof useStart>;
  weightsId: string | null;
  onInit: (init: Init) => void;
  onWeights: (id: string) => void;
};

export function StartFrom({ start, weightsId, onInit, onWeights }: Props) {
  const isNarrow = useMediaQuery('(max-width: 30em)');
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {words.init}
      </Text>
      <SegmentedControl
        aria-label={words.init}
        orientation={isNarrow ? 'vertical' : 'horizontal'}
        fullWidth={isNarrow}
        data={start.choices}
        value={start.init}
        onChange={(value) => onInit(value as Init)}
      />
      <Text size="xs" c="dimmed">
        {ABOUT[start.init]}
        {start.lacksSam && ` ${words.noSam}`}
      </Text>
      {start.init === 'weights' && start.weights && (
        <WeightsChoice weights={start.weights} chosen={weightsId} onChoose={onWeights} />
      )}
    </Stack>
  );
}

function WeightsChoice({
  weights,
  chosen,
  onChoose,
}: {
  weights: StartingWeights[];
  chosen: string | null;
  onChoose: (id: string) => void;
}) {
  if (weights.length === 0)
    return (
      <Alert variant="light" py="xs" title={words.noWeights}>
        <Text size="sm">{words.noWeightsWhy}</Text>
        <Code block mt={6} style={{ whiteSpace: 'pre-wrap' }}>
          {words.weightsCommand}
        </Code>
      </Alert>
    );
  const shown = weights.find(({ id }) => id === chosen);
  return (
    <Select
      mt={4}
      aria-label={words.initWeights}
      description={shown && knows(shown)}
      inputWrapperOrder={['input', 'description']}
      allowDeselect={false}
      data={weights.map(({ id, file, architecture, bytes: size }) => ({
        value: id,
        label: `${file.replace(/\.safetensors$/, '')} · ${architecture} · ${bytes(size)}`,
      }))}
      value={chosen}
      onChange={(value) => value && onChoose(value)}
    />
  );
}

function knows({ classes }: StartingWeights): string {
  if (classes.length === 0) return words.knowsNoNames;
  const first = classes.slice(0, 4).join(', ');
  return `Knows ${plural(classes.length, 'class', 'classes')} by name (${first}${classes.length > 4 ? ' …' : ''}). Classes of that name start from what it knows.`;
}

function warmName(production: ModelRow | undefined, kind: ModelRow['kind']): string {
  if (production) {
    const name = production.kind === kind ? words.initProduction : words.initDetector;
    return `${name} (${production.number})`;
  }
  return kind === 'assist' ? words.initShipped : words.initProduction;
}
