import { Card, Group, Text } from '@mantine/core';

import type { ClassRow } from '@/features/models/figures';
import css from '@/features/models/models.module.css';
import { plural, score } from '@/lib/numbers';

type Props = { rows: ClassRow[]; label: string; other: string | null };

/** One pair of bars a row: this model above, the `other` one, if there is one, below. */
export function PerClass({ rows, label, other }: Props) {
  return (
    <Card>
      <div className={css.classes} role="table" aria-label={label}>
        {rows.map((row) => (
          <div key={row.name} className={css.class} role="row">
            <div role="rowheader" className={css.className}>
              <Text size="sm" truncate>
                {row.name}
              </Text>
              {row.truths !== null && (
                <Text size="xs" c="dimmed">
                  {plural(row.truths, 'object')}
                </Text>
              )}
            </div>
            <div className={css.bars}>
              <Bar value={row.candidate} kind="candidate" />
              {other !== null && <Bar value={row.production} kind="production" />}
            </div>
          </div>
        ))}
      </div>
      {other !== null && (
        <Group gap="md" mt="sm">
          <Key kind="candidate" name="This model" />
          <Key kind="production" name={other} />
        </Group>
      )}
    </Card>
  );
}

type Kind = 'candidate' | 'production';

function Bar({ value, kind }: { value: number | null; kind: Kind }) {
  return (
    <div className={css.barRow} role="cell">
      <div className={css.barRoom}>
        <div className={css.bar} data-kind={kind} style={{ width: `${(value ?? 0) * 100}%` }} />
      </div>
      <Text size="xs" w={36} ta="right">
        {score(value, 3)}
      </Text>
    </div>
  );
}

function Key({ kind, name }: { kind: Kind; name: string }) {
  return (
    <Group gap={6}>
      <span className={css.key} data-kind={kind} aria-hidden />
      <Text size="xs" c="dimmed">
        {name}
      </Text>
    </Group>
  );
}
