import { Text } from '@mantine/core';

import { finishBasis, finishSentence, type Finish } from '@/lib/finish-words';

/** When the open work is done, with its band, and what that goes by. */
export function FinishLine({ finish }: { finish: Finish }) {
  const basis = finishBasis(finish);
  return (
    <div>
      <Text size="sm">{finishSentence(finish)}</Text>
      {basis && (
        <Text size="xs" c="dimmed">
          {basis}
        </Text>
      )}
    </div>
  );
}
