/** Pictures that were submitted and not taken, each with the reason and the way back, until read or opened. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';

import { paths } from '@/lib/paths';

import css from '../annotate.module.css';
import { annotateWords as words } from '../strings';
import { untaken, type Untaken } from '../work/untaken';

type Props = {
  projectId: string;
  /** Where a bench is open, it brings the picture itself. */
  onOpen?: (taskId: string) => void;
};

export function UntakenNote({ projectId, onOpen }: Props) {
  const rows = useSyncExternalStore(untaken.subscribe, untaken.getView);
  const navigate = useNavigate();
  const [first] = rows;
  if (!first) return null;
  const open = (row: Untaken) => {
    if (onOpen && row.projectId === projectId) onOpen(row.taskId);
    else void navigate({ to: paths.annotate(row.projectId, row.taskId) });
  };
  const isOne = rows.length === 1;
  return (
    <Alert
      color="yellow"
      variant="filled"
      py={6}
      px="sm"
      title={isOne ? first.title : words.severalNotSubmitted(rows.length)}
      autoContrast
      withCloseButton
      closeButtonLabel={words.closeNote}
      onClose={() => untaken.clear()}
      role="alert"
    >
      <Stack gap={6} className={css.untaken}>
        {rows.map((row) => (
          <Group key={row.taskId} gap="sm" align="end">
            <Text size="sm" flex="1 1 240px">
              {!isOne && <b>{row.name}: </b>}
              {row.text}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => open(row)}>
              {words.openIt}
            </Button>
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
