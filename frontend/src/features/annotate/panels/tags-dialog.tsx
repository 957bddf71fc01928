import { Checkbox, Modal, Stack, Text } from '@mantine/core';

import type { Editor } from '@/canvas/editor';
import { labelAllows } from '@/canvas/document/model';
import { useEditorSnapshot } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import { annotateWords as words } from '../strings';

type Props = { isOpen: boolean; onClose: () => void; editor: Editor; labels: readonly Label[] };

export const tagLabels = (labels: readonly Label[]): Label[] =>
  labels.filter((label) => labelAllows(label, 'tag'));

export function TagsDialog({ isOpen, onClose, editor, labels }: Props) {
  useEditorSnapshot(editor);
  const tagged = new Set([...editor.document.state.tags.values()].map((tag) => tag.labelId));
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.tag} size="xs">
      <Stack gap="xs">
        {tagLabels(labels).map((label, index) => (
          <Checkbox
            key={label.id}
            label={<Text size="sm">{label.name}</Text>}
            data-autofocus={index === 0 || undefined}
            checked={tagged.has(label.id)}
            onChange={() => editor.toggleTag(label.id)}
          />
        ))}
      </Stack>
    </Modal>
  );
}
