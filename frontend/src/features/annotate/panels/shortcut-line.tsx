import { ActionIcon, Kbd, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconRotate } from '@tabler/icons-react';
import { Fragment, type KeyboardEvent } from 'react';

import { chordOf } from '@/lib/keys';

import css from './panels.module.css';
import { shortcutWords as words } from './strings';
import { keyCaps } from '../work/keys';
import type { KeyLine } from '../work/key-choices';

const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process']);

type Props = {
  line: KeyLine;
  isAsked: boolean;
  refused: string | null;
  onAsk: (isAsked: boolean) => void;
  onTake: (chord: string) => void;
  onReset: () => void;
};

/** One action and its keys; a click on the keys waits for the new one. */
export function ShortcutLine({ line, isAsked, refused, onAsk, onTake, onReset }: Props) {
  const { title, keys, isChanged, isFixed } = line;
  const hear = (event: KeyboardEvent) => {
    if (!isAsked) return;
    // Tab goes on, as everywhere: keys must not trap those who have only keys.
    if (event.key === 'Tab') return onAsk(false);
    event.preventDefault();
    event.stopPropagation();
    if (MODIFIERS.has(event.key)) return;
    if (event.key === 'Escape') onAsk(false);
    else onTake(chordOf(event));
  };
  const caps = <KeyCaps keys={keys} />;
  return (
    <div className={css.keyLine}>
      <Text size="sm" flex={1}>
        {title}
      </Text>
      {isChanged && (
        <ActionIcon size={24} aria-label={words.reset(title)} title={words.reset(title)} onClick={onReset}>
          <IconRotate size={14} stroke={1.8} />
        </ActionIcon>
      )}
      {isFixed ? (
        <span className={css.keyFixed}>{caps}</span>
      ) : (
        <UnstyledButton
          className={css.keyButton}
          data-asked={isAsked || undefined}
          data-changed={isChanged || undefined}
          // The dialog would close on Esc; here Esc means "leave it as it was".
          data-mantine-stop-propagation={isAsked || undefined}
          onClick={() => onAsk(!isAsked)}
          onBlur={() => isAsked && onAsk(false)}
          onKeyDown={hear}
        >
          <VisuallyHidden>{isAsked ? words.press(title) : words.change(title)}</VisuallyHidden>
          {isAsked ? <span className={css.keyAsk}>{words.pressKey}</span> : caps}
        </UnstyledButton>
      )}
      {refused && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert" className={css.keyRefused}>
          {refused}
        </Text>
      )}
    </div>
  );
}

function KeyCaps({ keys }: { keys: readonly string[] }) {
  return keys.slice(0, 2).map((chord, index) => (
    <span key={chord} className={css.chord}>
      {index > 0 && (
        <Text span size="xs" c="dimmed">
          or
        </Text>
      )}
      {keyCaps(chord).map((cap) => (
        <Fragment key={cap}>
          <Kbd size="xs">{cap}</Kbd>{' '}
        </Fragment>
      ))}
    </span>
  ));
}
