import { Button, Divider, Group, Stack, Text, Textarea, UnstyledButton } from '@mantine/core';
import { useState } from 'react';

import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import type { Comment } from '@/types/annotation';

import { replyToComment, resolveComment, type Place } from './api';
import css from './pins.module.css';
import { commentWords as words } from './strings';

type Props = {
  comment: Comment;
  /** As on its pin. */
  number: number;
  onChange: (changed: Comment) => void;
  onShow: (place: Place) => void;
};

/** A remark with the replies to it; settled, it is closed until somebody opens it again. */
export function CommentThread({ comment, number, onChange, onShow }: Props) {
  const [reply, setReply] = useState<string | null>(null);
  const isSettled = comment.resolved_at !== null;
  const onDone = (changed: Comment) => {
    setReply(null);
    onChange(changed);
  };
  const settle = useAction({ run: () => resolveComment(comment.id, !isSettled), onDone });
  const send = useAction({ run: (text: string) => replyToComment(comment.id, text), onDone });
  const { x, y } = comment;
  const submit = () => {
    if (reply?.trim() && !send.isPending) send.mutate(reply.trim());
  };
  return (
    <Stack gap={4} role="group" aria-label={comment.text}>
      <Said who={comment.author?.name} at={comment.created_at} pin={x !== null ? number : null}>
        {x !== null && y !== null ? (
          <UnstyledButton
            fz="sm"
            className={css.said}
            title={words.showPlace}
            onClick={() => onShow({ x, y })}
          >
            {comment.text}
          </UnstyledButton>
        ) : (
          <Text size="sm" className={css.said}>
            {comment.text}
          </Text>
        )}
      </Said>
      {comment.replies.length > 0 && (
        <Stack gap={6} className={css.replies}>
          {comment.replies.map((each) => (
            <Said key={each.id} who={each.author?.name} at={each.created_at} pin={null}>
              <Text size="sm" className={css.said}>
                {each.text}
              </Text>
            </Said>
          ))}
        </Stack>
      )}
      {reply !== null ? (
        <Stack gap={6}>
          <Textarea
            data-autofocus
            autoFocus
            autosize
            minRows={1}
            maxLength={4000}
            placeholder={words.writeReply}
            aria-label={words.writeReply}
            value={reply}
            onChange={(event) => setReply(event.currentTarget.value)}
            // Esc leaves the field, not the drawer that it is in; what is written stays.
            data-mantine-stop-propagation="true"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
              if (event.key === 'Escape' && reply.trim()) event.currentTarget.blur();
              else if (event.key === 'Escape') setReply(null);
            }}
          />
          <Group gap="xs">
            <Button size="compact-sm" disabled={!reply.trim()} loading={send.isPending} onClick={submit}>
              {words.sendReply}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setReply(null)}>
              Cancel
            </Button>
          </Group>
        </Stack>
      ) : (
        <Group gap="md">
          {!isSettled && (
            <UnstyledButton fz="xs" c="dimmed" onClick={() => setReply('')}>
              {words.reply}
            </UnstyledButton>
          )}
          <UnstyledButton fz="xs" c="dimmed" onClick={() => settle.mutate()}>
            {isSettled ? `${words.settled} · ${words.reopen}` : words.settle}
          </UnstyledButton>
        </Group>
      )}
      <Divider mt={4} />
    </Stack>
  );
}

type SaidProps = { who: string | undefined; at: string; pin: number | null; children: React.ReactNode };

function Said({ who, at, pin, children }: SaidProps) {
  return (
    <Stack gap={2}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate>
          {pin !== null && `${pin} · `}
          {who ?? words.left}
        </Text>
        <TimeAgo at={at} c="dimmed" size="xs" style={{ flex: 'none' }} />
      </Group>
      {children}
    </Stack>
  );
}
