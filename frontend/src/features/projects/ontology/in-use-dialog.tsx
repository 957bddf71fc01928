import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import type { LabelMap } from '@/features/projects/api';
import { ontologyWords as words } from '@/features/projects/strings';
import { LabelChip } from '@/components/label-chip';
import type { Label } from '@/types/api';

const DROP = 'drop';
type Props = {
  /** Removed labels whose objects need a word; empty keeps the dialog closed. */
  removed: Label[];
  labels: Label[];
  onCancel: () => void;
  onChoose: (map: LabelMap) => void;
};

export function InUseDialog({ removed, labels, onCancel, onChoose }: Props) {
  return (
    <Modal opened={removed.length > 0} onClose={onCancel} title={words.inUseTitle}>
      {removed.length > 0 && (
        <Choices removed={removed} labels={labels} onCancel={onCancel} onChoose={onChoose} />
      )}
    </Modal>
  );
}

function Choices({ removed, labels, onCancel, onChoose }: Props) {
  const [choice, setChoice] = useState<Record<string, string>>({});
  const options = [
    ...labels.map((label) => ({ value: label.id, label: `become ${label.name}` })),
    { value: DROP, label: words.drop },
  ];
  const isDone = removed.every((label) => choice[label.id]);
  const choose = () =>
    onChoose(
      Object.fromEntries(
        removed.map((label) => [label.id, choice[label.id] === DROP ? null : (choice[label.id] ?? null)]),
      ),
    );
  return (
    <Stack>
      <Text size="sm">{words.inUse}</Text>
      {removed.map((label) => (
        <Group key={label.id} wrap="nowrap" justify="space-between">
          <LabelChip name={label.name} color={label.color} />
          <Select
            aria-label={`Objects of ${label.name}`}
            placeholder="Choose"
            w={240}
            data={options}
            value={choice[label.id] ?? null}
            onChange={(value) => setChoice({ ...choice, [label.id]: value ?? '' })}
          />
        </Group>
      ))}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          Keep editing
        </Button>
        <Button disabled={!isDone} onClick={choose}>
          {words.save}
        </Button>
      </Group>
    </Stack>
  );
}
