import { Tooltip, UnstyledButton } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';
import type { Comment } from '@/types/annotation';

import css from './pins.module.css';
import { commentWords as words } from './strings';

type Props = { editor: Editor; comments: Comment[]; onOpen: () => void };

/** Numbered pins of open comments, lying over the picture. */
export function CommentPins({ editor, comments, onOpen }: Props) {
  const view = useSyncExternalStore(editor.subscribe, () => editor.viewport);
  return (
    <>
      {comments.map((comment, index) => {
        if (comment.x === null || comment.y === null || comment.resolved_at) return null;
        const left = comment.x * view.scale + view.x;
        const top = comment.y * view.scale + view.y;
        if (left < 0 || top < 0 || left > view.width || top > view.height) return null;
        const said = words.pin(comment.text, comment.replies.length);
        return (
          <Tooltip key={comment.id} label={said} multiline maw={280}>
            <UnstyledButton
              className={css.pin}
              style={{ left, top }}
              aria-label={`${index + 1} · ${said}`}
              onClick={onOpen}
            >
              {index + 1}
            </UnstyledButton>
          </Tooltip>
        );
      })}
    </>
  );
}
