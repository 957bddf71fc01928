/** For what cannot be undone: says what will go, and only then does it. */
import { Alert, Button, Group, Modal, Stack, Text, TextInput, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';

import { toApiError } from '@/lib/api-error';

type ConfirmButtonProps = ButtonProps & {
  children: ReactNode;
  title: string;
  /** What will be gone, in the reader's words. */
  losing: ReactNode;
  /** The verb on the red button, e.g. "Remove camera". */
  verb: string;
  /** When given, must be typed first: for what many people would miss. */
  typeToConfirm?: string;
  onConfirm: () => unknown;
};

export function ConfirmButton({
  children,
  title,
  losing,
  verb,
  typeToConfirm,
  onConfirm,
  ...button
}: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      close();
    } catch (error) {
      // Said where the person looks; an action passed in should not toast the same again (`errors: 'inline'`).
      setProblem(toApiError(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {children}
      </Button>
      <Modal opened={opened} onClose={close} title={title} centered>
        <Stack>
          <Text size="sm" component="div">
            {losing}
          </Text>
          {problem && (
            <Alert color="red" variant="light" role="alert">
              {problem}
            </Alert>
          )}
          {typeToConfirm && (
            <TextInput
              label={`Type “${typeToConfirm}” to go on`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              data-autofocus
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              color="red"
              loading={busy}
              disabled={typeToConfirm !== undefined && typed !== typeToConfirm}
              onClick={() => void confirm()}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
