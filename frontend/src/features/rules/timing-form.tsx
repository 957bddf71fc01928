import {
  Checkbox,
  Group,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';

import { Optional } from '@/features/rules/condition-form';
import type { Draft } from '@/features/rules/draft';
import css from '@/features/rules/rules.module.css';
import { DAYS } from '@/features/rules/strings';

type Props = {
  draft: Draft;
  problems: Partial<Record<string, string>>;
  set: (to: Partial<Draft>) => void;
};

/** When the rule is at work, how serious it is, and how soon another incident may follow. */
export function TimingForm({ draft, problems, set }: Props) {
  return (
    <Stack gap="sm">
      <div className={css.row}>
        <span>Severity</span>
        <SegmentedControl
          aria-label="Severity"
          value={draft.severity}
          onChange={(to) => set({ severity: to as Draft['severity'] })}
          data={[
            { value: 'low', label: 'Low' },
            { value: 'medium', label: 'Medium' },
            { value: 'high', label: 'High' },
          ]}
        />
      </div>
      <div className={css.row}>
        <span>Time</span>
        <Switch
          label="Always"
          checked={draft.isAlways}
          onChange={(event) => set({ isAlways: event.currentTarget.checked })}
        />
        {!draft.isAlways && (
          <>
            <TextInput
              type="time"
              aria-label="From"
              value={draft.from}
              onChange={(event) => set({ from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              aria-label="To"
              value={draft.to}
              onChange={(event) => set({ to: event.currentTarget.value })}
            />
            <Checkbox.Group
              aria-label="Days"
              value={draft.days.map(String)}
              error={problems['schedule']}
              onChange={(to) => set({ days: to.map(Number).sort() })}
            >
              <Group gap="xs">
                {DAYS.map((name, day) => (
                  <Checkbox key={name} value={String(day)} label={name} />
                ))}
              </Group>
            </Checkbox.Group>
            <Text size="xs" c="dimmed">
              The site’s own time. An end before the start is the next morning.
            </Text>
          </>
        )}
      </div>
      <Group gap="md" align="flex-end">
        <NumberInput
          label="Over after"
          description="So long without it"
          w={130}
          min={0}
          max={3600}
          suffix=" s"
          value={draft.clearS}
          error={problems['clear_s']}
          onChange={(to) => set({ clearS: Number(to) })}
        />
        <NumberInput
          label="Cool-down"
          description="No new one for"
          w={130}
          min={0}
          max={86_400}
          suffix=" s"
          value={draft.cooldownS}
          error={problems['cooldown_s']}
          onChange={(to) => set({ cooldownS: Number(to) })}
        />
        <Optional
          name="Escalate when nobody acknowledged within"
          unit=" min"
          value={draft.escalateMin}
          first={5}
          error={problems['escalate_after_s']}
          onChange={(to) => set({ escalateMin: to })}
        />
      </Group>
    </Stack>
  );
}
