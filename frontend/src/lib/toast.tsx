/** Short messages at the edge of the screen. Undo beats "are you sure". */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

import { toApiError } from '@/lib/api-error';

const DONE_MS = 4_000;
const UNDO_MS = 8_000;
const ERROR_MS = 10_000;
const closeButtonProps = { 'aria-label': 'Close' };

export function toastDone(message: string): void {
  notifications.show({ message, autoClose: DONE_MS, withBorder: true, closeButtonProps });
}

export function toastError(error: unknown, title = 'That did not work'): void {
  const problem = toApiError(error);
  notifications.show({
    title,
    color: 'red',
    autoClose: ERROR_MS,
    withBorder: true,
    closeButtonProps,
    message: problem.requestId
      ? `${problem.message} (request ${problem.requestId.slice(0, 8)})`
      : problem.message,
  });
}

/** Say what was done and offer the way back for some seconds. */
export function toastUndo(message: string, undo: () => unknown): void {
  const id = notifications.show({
    autoClose: UNDO_MS,
    withBorder: true,
    closeButtonProps,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            Promise.resolve(undo()).catch((error: unknown) => toastError(error, 'Could not undo'));
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
