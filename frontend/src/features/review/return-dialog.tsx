import { Button, Group, Kbd, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';

import { reviewWords as words } from './strings';

type Props = {
  isOpen: boolean;
  /** What it was returned for before that was taken back: there to be changed. */
  before: string;
  onClose: () => void;
  onReturn: (reason: string) => void;
};

/** "It is off." and "Wrong label" → "It is off. Wrong label"; what is said already is not said twice. */
export function withReason(text: string, reason: string): string {
  const said = text.trim();
  if (!said) return reason;
  if (said.toLowerCase().includes(reason.toLowerCase())) return text;
  return `${said}${/[.!?…]$/.test(said) ? '' : '.'} ${reason}`;
}

const toEnd = (field: HTMLTextAreaElement) => field.setSelectionRange(field.value.length, field.value.length);

/** One a case: its text stays as long as that is on the desk, closed or refused; what comes next begins anew. */
export function ReturnDialog({ isOpen, before, onClose, onReturn }: Props) {
  const [reason, setReason] = useState(before);
  const cancel = useRef<HTMLButtonElement>(null);
  const send = () => {
    // While it fades it still hears keys and clicks.
    if (!isOpen || !reason.trim()) return;
    onReturn(reason.trim());
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.returnTitle} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          if (event.target === cancel.current) return;
          // Any other focused button would be pressed by it.
          event.preventDefault();
          send();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {words.returnAbout}
          </Text>
          <Textarea
            data-autofocus
            autosize
            minRows={3}
            maxLength={2000}
            aria-label={words.returnTitle}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            // What is there is gone on with; a browser begins before it.
            onFocus={(event) => toEnd(event.currentTarget)}
          />
          <Group gap={6}>
            {words.returnReasons.map((text) => (
              <Button
                key={text}
                size="compact-xs"
                variant="default"
                onClick={() => setReason(withReason(reason, text))}
              >
                {text}
              </Button>
            ))}
          </Group>
          <Group justify="end" gap="xs">
            <Button ref={cancel} variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!reason.trim()} rightSection={<Kbd size="xs">Ctrl Enter</Kbd>}>
              {words.returnIt}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
