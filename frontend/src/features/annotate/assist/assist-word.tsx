/** The assist in the status line: one quiet word, and what it means on a closer look. */
import { Tooltip } from '@mantine/core';

import { duration } from '@/lib/time';

import css from '../annotate.module.css';
import type { AssistState } from './follow';
import { assistWords as words } from './strings';

/** `now`: epoch milliseconds. */
export function AssistWord({
  assist,
  now,
  isFailed,
}: {
  assist: AssistState;
  now: number;
  isFailed: boolean;
}) {
  const { text, about } = sayOf(assist, now);
  const isQuiet = assist.state !== 'unavailable' && !isFailed;
  return (
    <Tooltip label={about} disabled={!about} multiline maw={320}>
      <span className={css.state} data-tone={isQuiet ? 'good' : 'warn'} data-assist={assist.where}>
        {text}
      </span>
    </Tooltip>
  );
}

export function sayOf(
  { state, backend, message, readyAt, where, local }: AssistState,
  now: number,
): {
  text: string;
  about: string;
} {
  const kind = backend ?? 'basic';
  if (state === 'unavailable') return { text: words.unavailable, about: message };
  if (state === 'encoding') {
    const seconds = readyAt === null ? null : Math.max(1, Math.round((readyAt - now) / 1_000));
    const left = seconds === null ? null : `${duration(seconds)} left`;
    return { text: words.encoding(left), about: [message, words.encodingAbout].filter(Boolean).join(' ') };
  }
  const basic = kind === 'sam' ? '' : words.basicAbout;
  const about = (more: string): string => [message, more, basic].filter(Boolean).join(' ');
  if (where === 'browser') return { text: words.ready[kind], about: about('') };
  if (local === 'refused') return { text: words.server[kind], about: about(words.serverAbout) };
  if (local === 'off') return { text: words.starting.basic, about: about('') };
  return { text: words.starting[kind], about: about(words.startingAbout) };
}
