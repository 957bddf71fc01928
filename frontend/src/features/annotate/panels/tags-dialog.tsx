import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';

import type { Editor } from '@/canvas/editor';
import { labelAllows } from '@/canvas/document/model';
import { shapeOfTrack, trackAt } from '@/canvas/document/tracks';
import { useEditorSnapshot } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import { annotateWords as words } from '../strings';

type Props = { isOpen: boolean; onClose: () => void; editor: Editor; labels: readonly Label[] };

export const tagLabels = (labels: readonly Label[]): Label[] =>
  labels.filter((label) => labelAllows(label, 'tag'));

/** Tags of the whole picture; of a video also from the frame shown on, to where it is said to end. */
export function TagsDialog({ isOpen, onClose, editor, labels }: Props) {
  const { frame } = useEditorSnapshot(editor);
  const { state } = editor.document;
  const tagged = new Set([...state.tags.values()].map((tag) => tag.labelId));
  const running = new Map(
    [...state.tracks.values()]
      .filter((track) => shapeOfTrack(track) === 'tag' && trackAt(track, frame ?? 0)?.outside === false)
      .map((track) => [track.labelId, track.id]),
  );
  const range = (labelId: string) => {
    const id = running.get(labelId);
    if (id === undefined) editor.startTag(labelId);
    else {
      editor.select([id]);
      editor.endSelectionHere();
    }
    onClose();
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={frame === null ? words.tag : words.tagVideo} size="xs">
      <Stack gap="xs">
        {tagLabels(labels).map((label, index) => (
          <Group key={label.id} justify="space-between" wrap="nowrap">
            <Checkbox
              label={<Text size="sm">{label.name}</Text>}
              data-autofocus={index === 0 || undefined}
              checked={tagged.has(label.id)}
              onChange={() => editor.toggleTag(label.id)}
            />
            {frame !== null && (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${label.name}: ${running.has(label.id) ? words.tagUntil : words.tagFrom}`}
                onClick={() => range(label.id)}
              >
                {running.has(label.id) ? words.tagUntil : words.tagFrom}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
