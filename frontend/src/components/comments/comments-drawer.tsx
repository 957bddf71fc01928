import { Button, Checkbox, Drawer, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';

import type { Editor } from '@/canvas/editor';
import { imagePoint } from '@/canvas/geometry/points';
import { shapeBounds } from '@/canvas/geometry/shape';
import { useAction } from '@/hooks/use-action';
import type { Comment } from '@/types/annotation';

import { addComment, type Place } from './api';
import { CommentThread } from './comment-thread';
import { commentWords as words } from './strings';

type Props = {
  isOpen: boolean;
  onClose: () => void;
  taskId: string;
  comments: Comment[];
  onComments: (comments: Comment[]) => void;
  editor: Editor;
};

/** Where a new comment is pinned: the selected object's middle, else the middle of what is in view. */
function placeOf(editor: Editor): Place {
  const selected = editor.selectedItems()[0];
  if (selected) {
    const { x1, y1, x2, y2 } = shapeBounds(selected.shape);
    return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
  }
  const { width, height, x, y, scale } = editor.viewport;
  const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  return {
    x: clamp((width / 2 - x) / scale, editor.imageSize.width),
    y: clamp((height / 2 - y) / scale, editor.imageSize.height),
  };
}

export function CommentsDrawer({ isOpen, onClose, taskId, comments, onComments, editor }: Props) {
  const [text, setText] = useState('');
  const [isPinned, setPinned] = useState(false);
  const hasSelection = editor.getSnapshot().selection.length > 0;
  const send = useAction({
    run: () => addComment(taskId, text.trim(), isPinned ? placeOf(editor) : null),
    onDone: (comment) => {
      onComments([...comments, comment]);
      setText('');
      setPinned(false);
    },
  });
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={340}
      title={words.title}
      overlayProps={{ backgroundOpacity: 0.05 }}
    >
      <Stack gap="sm">
        {comments.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.none}
          </Text>
        )}
        {comments.map((comment, index) => (
          <CommentThread
            key={comment.id}
            comment={comment}
            number={index + 1}
            onChange={(changed) =>
              onComments(comments.map((each) => (each.id === changed.id ? changed : each)))
            }
            onShow={(place) => show(editor, place)}
          />
        ))}
        <Textarea
          placeholder={words.write}
          aria-label={words.write}
          autosize
          minRows={2}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Checkbox
          size="xs"
          label={hasSelection ? words.pinSelected : words.pinHere}
          checked={isPinned}
          onChange={(event) => setPinned(event.currentTarget.checked)}
        />
        <Button disabled={!text.trim()} loading={send.isPending} onClick={() => send.mutate()}>
          {words.send}
        </Button>
      </Stack>
    </Drawer>
  );
}

/** Brings a place of the picture into the middle of the view. */
function show(editor: Editor, place: Place): void {
  const at = imagePoint(place.x, place.y);
  const { width, height, x, y, scale } = editor.viewport;
  editor.panBy(width / 2 - (at.x * scale + x), height / 2 - (at.y * scale + y));
}
