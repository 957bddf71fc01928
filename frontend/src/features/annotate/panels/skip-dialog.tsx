import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';

import { annotateWords as words } from '../strings';

type Props = { isOpen: boolean; onClose: () => void; onSkip: (reason: string) => void };

export function SkipDialog({ isOpen, onClose, onSkip }: Props) {
  const [other, setOther] = useState('');
  const skip = (reason: string) => {
    setOther('');
    onSkip(reason);
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.skipTitle} size="sm">
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {words.skipAbout}
        </Text>
        {words.skipReasons.map((reason) => (
          <Button key={reason} variant="default" justify="start" onClick={() => skip(reason)}>
            {reason}
          </Button>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (other.trim()) skip(other.trim());
          }}
        >
          <Group gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              maxLength={200}
              placeholder={words.skipOther}
              aria-label={words.skipOther}
              value={other}
              onChange={(event) => setOther(event.currentTarget.value)}
            />
            <Button type="submit" disabled={!other.trim()}>
              {words.skip}
            </Button>
          </Group>
        </form>
      </Stack>
    </Modal>
  );
}
