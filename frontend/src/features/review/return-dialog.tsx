import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';

import { reviewWords as words } from './strings';

type Props = {
  isOpen: boolean;
  /** What it was returned for before that was taken back: there to be changed. */
  before: string;
  onClose: () => void;
  onReturn: (reason: string) => void;
};

/** One a case: its text belongs to one picture. */
export function ReturnDialog({ isOpen, before, onClose, onReturn }: Props) {
  const [reason, setReason] = useState(before);
  const send = () => {
    if (!reason.trim()) return;
    onReturn(reason.trim());
    setReason('');
  };
  const add = (text: string) => setReason(reason.trim() ? `${reason.trim()}. ${text}` : text);
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.returnTitle} size="md">
      <form
        onSubmit={(event) => {
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
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
            }}
          />
          <Group gap={6}>
            {words.returnReasons.map((text) => (
              <Button key={text} size="compact-xs" variant="default" onClick={() => add(text)}>
                {text}
              </Button>
            ))}
          </Group>
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!reason.trim()}>
              {words.returnIt}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
