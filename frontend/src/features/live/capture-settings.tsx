import { NumberInput, RangeSlider, SimpleGrid, Stack, Text } from '@mantine/core';

import type { FeedSettings } from '@/features/live/api';
import { captureWords as words } from '@/features/live/strings';
import { score } from '@/lib/numbers';

type Settings = Required<FeedSettings>;
type Props = {
  settings: Settings;
  problems: Record<string, string | undefined>;
  onChange: (to: Partial<Settings>) => void;
};

const MOST = 3600;
const REASONS = [
  'capture_random_per_hour',
  'capture_unsure_per_hour',
  'capture_rare_per_hour',
  'capture_disagreement_per_hour',
  'capture_motion_per_hour',
] as const;

/** Which pictures come back to be labelled, and how many of each kind an hour. */
export function CaptureSettings({ settings, problems, onChange }: Props) {
  const number = (key: keyof typeof words.fields, suffix = '') => (
    <NumberInput
      key={key}
      label={words.fields[key].label}
      description={words.fields[key].about}
      min={0}
      max={MOST}
      suffix={suffix}
      value={settings[key]}
      error={problems[key]}
      onChange={(value) => typeof value === 'number' && onChange({ [key]: value })}
    />
  );
  return (
    <Stack gap="sm" component="fieldset" style={{ border: 0, margin: 0, padding: 0 }}>
      <Text component="legend" size="sm" fw={500} p={0}>
        {words.title}
      </Text>
      <Text size="xs" c="dimmed">
        {words.about}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {number('capture_per_hour')}
        {number('capture_gap_s', ' s')}
        {REASONS.map((key) => number(key))}
      </SimpleGrid>
      <Band settings={settings} problem={problems.capture_low} onChange={onChange} />
    </Stack>
  );
}

type BandProps = Pick<Props, 'settings' | 'onChange'> & { problem: string | undefined };

function Band({ settings, problem, onChange }: BandProps) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {words.band} {score(settings.capture_low)} and {score(settings.capture_high)}
      </Text>
      <RangeSlider
        min={0.05}
        max={1}
        step={0.05}
        minRange={0.05}
        label={(value) => score(value)}
        thumbFromLabel="From score"
        thumbToLabel="To score"
        value={[settings.capture_low, settings.capture_high]}
        onChange={([capture_low, capture_high]) => onChange({ capture_low, capture_high })}
      />
      <Text size="xs" c={problem ? 'red' : 'dimmed'}>
        {problem ?? words.bandWhy}
      </Text>
    </Stack>
  );
}
