import { Popover, Text, UnstyledButton } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';

import type { OpenTask } from '@/types/annotation';

import { WHY_WORDS, annotateWords as words } from '../strings';
import flow from './flow.module.css';

/** Why this picture came up; at a press the sentence with the figures behind it. */
export function WhyChosen({ task }: { task: OpenTask }) {
  const reason = WHY_WORDS[task.selection_reason];
  if (!reason) return null;
  return (
    <Popover width={320} withArrow shadow="md" position="bottom-start" trapFocus={false}>
      <Popover.Target>
        <UnstyledButton className={flow.why} aria-label={`${words.whyChosen}: ${reason}`}>
          <IconInfoCircle size={14} stroke={1.6} aria-hidden />
          <span className={flow.whyText}>{reason}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={550}>
          {words.whyChosen}
        </Text>
        <Text size="sm">{task.selection_why || reason}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}
