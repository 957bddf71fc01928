import { Card, Text } from '@mantine/core';

import type { RolloutChange } from '@/features/models/api';
import css from '@/features/models/rollout/rollout.module.css';
import { changeText, rolloutWords as words } from '@/features/models/rollout/words';
import { TimeAgo } from '@/components/time';

/** Who took which step of this project's models, newest first. */
export function History({ changes }: { changes: RolloutChange[] }) {
  return (
    <Card>
      <Text size="xs" c="dimmed" mb={6}>
        {words.history}
      </Text>
      {changes.length === 0 ? (
        <Text size="sm">{words.noHistory}</Text>
      ) : (
        <ul className={css.history}>
          {changes.map((change) => (
            <li key={change.number}>
              <Text size="sm">
                <b>{change.by ?? words.nobody}</b> {changeText(change)}
              </Text>
              <TimeAgo at={change.at} size="xs" c="dimmed" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
