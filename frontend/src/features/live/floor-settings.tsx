import { Group, NumberInput, Select, Stack, Switch, Text } from '@mantine/core';

import type { Feed, FeedSettings } from '@/features/live/api';
import { floorWords as words } from '@/features/live/strings';
import { PlainLink } from '@/components/links';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

type Settings = Required<FeedSettings>;
type Props = {
  feed: Feed;
  settings: Settings;
  problem: string | undefined;
  onChange: (to: Partial<Settings>) => void;
};

/** Who is measured on the floor, how near is too near, and what of it the wall draws. */
export function FloorSettings({ feed, settings, problem, onChange }: Props) {
  const labels = useProject(feed.project_id).data?.ontology.labels ?? [];
  const names = labels.map(({ name }) => name);
  const known = names.includes(settings.floor_label) ? names : [settings.floor_label, ...names];
  return (
    <Stack gap="xs" component="fieldset" style={{ border: 0, margin: 0, padding: 0 }}>
      <Text component="legend" size="sm" fw={500} p={0}>
        {words.title}
      </Text>
      <Text size="xs" c="dimmed">
        {words.about} <PlainLink to={paths.calibrateFeed(feed.id)}>{words.calibrateLink}</PlainLink>
      </Text>
      <Group grow align="flex-start">
        <Select
          label={words.label}
          data={known}
          value={settings.floor_label}
          allowDeselect={false}
          onChange={(value) => value && onChange({ floor_label: value })}
        />
        <NumberInput
          label={words.limit}
          min={0.2}
          max={50}
          step={0.1}
          decimalScale={2}
          suffix=" m"
          value={settings.limit_m}
          error={problem}
          onChange={(value) => typeof value === 'number' && onChange({ limit_m: value })}
        />
      </Group>
      <Group gap="xl">
        {(
          [
            ['show_circles', words.circles],
            ['show_distances', words.distances],
            ['show_speeds', words.speeds],
          ] as const
        ).map(([key, label]) => (
          <Switch
            key={key}
            label={label}
            checked={settings[key]}
            onChange={(event) => onChange({ [key]: event.currentTarget.checked })}
          />
        ))}
      </Group>
    </Stack>
  );
}
