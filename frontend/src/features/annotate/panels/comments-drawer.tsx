import {
  Button,
  Checkbox,
  Divider,
  Drawer,
  Group,
  Stack,
  Text,
  Textarea,
  UnstyledButton,
} from '@mantine/core';
import { useState } from 'react';

import type { Editor } from '@/canvas/editor';
import { imagePoint } from '@/canvas/geometry/points';
import { shapeBounds } from '@/canvas/geometry/shape';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import type { Comment } from '@/types/annotation';

import { addComment, resolveComment } from '../api';
import { annotateWords as words } from '../strings';
import type { TaskSession } from '../work/task-session';

type Props = {
  isOpen: boolean;
  onClose: () => void;
  session: TaskSession;
  comments: Comment[];
  editor: Editor;
};

/** Where a new comment is pinned: the selected object's middle, else the middle of what is in view. */
function placeOf(editor: Editor): { x: number; y: number } {
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

export function CommentsDrawer({ isOpen, onClose, session, comments, editor }: Props) {
  const [text, setText] = useState('');
  const [isPinned, setPinned] = useState(false);
  const hasSelection = editor.getSnapshot().selection.length > 0;
  const send = useAction({
    run: () => addComment(session.task.id, text.trim(), isPinned ? placeOf(editor) : null),
    onDone: (comment) => {
      session.setComments([...comments, comment]);
      setText('');
      setPinned(false);
    },
  });
  const settle = useAction({
    run: (comment: Comment) => resolveComment(comment.id, comment.resolved_at === null),
    onDone: (changed) =>
      session.setComments(comments.map((each) => (each.id === changed.id ? changed : each))),
  });
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={340}
      title={words.comments}
      overlayProps={{ backgroundOpacity: 0.05 }}
    >
      <Stack gap="sm">
        {comments.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.noComments}
          </Text>
        )}
        {comments.map((comment, index) => (
          <Stack key={comment.id} gap={2} opacity={comment.resolved_at ? 0.6 : 1}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" fw={600} truncate>
                {comment.x !== null && `${index + 1} · `}
                {comment.author?.name}
              </Text>
              <TimeAgo at={comment.created_at} c="dimmed" size="xs" />
            </Group>
            {comment.x !== null && comment.y !== null ? (
              <UnstyledButton
                fz="sm"
                onClick={() => comment.x !== null && comment.y !== null && show(editor, comment.x, comment.y)}
              >
                {comment.text}
              </UnstyledButton>
            ) : (
              <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
                {comment.text}
              </Text>
            )}
            <UnstyledButton fz="xs" c="dimmed" w="fit-content" onClick={() => settle.mutate(comment)}>
              {comment.resolved_at ? `${words.settled} · ${words.reopen}` : words.settle}
            </UnstyledButton>
            <Divider mt={4} />
          </Stack>
        ))}
        <Textarea
          placeholder={words.writeComment}
          aria-label={words.writeComment}
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
function show(editor: Editor, imageX: number, imageY: number): void {
  const at = imagePoint(imageX, imageY);
  const { width, height, x, y, scale } = editor.viewport;
  editor.panBy(width / 2 - (at.x * scale + x), height / 2 - (at.y * scale + y));
}
