import { Alert } from '@mantine/core';
import { IconTrendingUp, IconZzz } from '@tabler/icons-react';

import type { LearningState } from '@/features/learning/api';
import { learningWords as words } from '@/features/learning/strings';

type Props = { verdict: LearningState['verdict']; rounds: number };

/** Whether more labels are worth their price; nothing before there is a round to judge by. */
export function Verdict({ verdict, rounds }: Props) {
  if (rounds === 0) return null;
  const isOver = verdict.reason !== null;
  return (
    <Alert
      variant="light"
      color={isOver ? 'yellow' : 'teal'}
      icon={isOver ? <IconZzz size={18} stroke={1.6} /> : <IconTrendingUp size={18} stroke={1.6} />}
      title={verdict.reason ? words.stopTitle[verdict.reason] : words.goOn}
    >
      {verdict.why}
    </Alert>
  );
}
