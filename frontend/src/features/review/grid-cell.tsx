import { ActionIcon } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';

import { score } from '@/lib/numbers';
import type { Label } from '@/types/api';
import type { GridSuggestion } from '@/types/annotation';

import type { GridVerdict } from './api';
import { Crop } from './crop';
import type { CropPainter } from './crop-painter';
import css from './review.module.css';
import { reviewWords as words } from './strings';

type Props = {
  row: GridSuggestion;
  label: Label | undefined;
  isAt: boolean;
  isPicked: boolean;
  /** As it was decided here; undefined while it is open. */
  verdict: GridVerdict | undefined;
  painter: CropPainter;
  /** Both are the same functions in every render: hundreds of cells stay as they are when one is decided. */
  onPick: (id: string, event: PickEvent) => void;
  onDecide: (verdict: GridVerdict, ids: string[]) => void;
};
export type PickEvent = { shiftKey: boolean; ctrlKey: boolean };

/** Below the last row the page is turned: the cursor's row comes to the top, and rows do not creep by one by one. */
function bringIntoView(slot: HTMLElement): void {
  const frame = slot.closest('[data-scroll]')?.getBoundingClientRect();
  const isBelow = frame && slot.getBoundingClientRect().bottom > frame.bottom;
  slot.scrollIntoView({ block: isBelow ? 'start' : 'nearest' });
}

export const GridCell = memo(function GridCell(props: Props) {
  const { row, label, isAt, isPicked, verdict, painter, onPick, onDecide } = props;
  const slot = useRef<HTMLLIElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isAt || !slot.current) return;
    bringIntoView(slot.current);
    // Somebody who came by Tab goes on from cell to cell with the cursor.
    if (document.activeElement?.matches('[data-arrows]')) button.current?.focus({ preventScroll: true });
  }, [isAt]);
  const name = label?.name ?? words.unknownLabel;
  return (
    <li className={css.slot} ref={slot}>
      <button
        type="button"
        ref={button}
        className={css.cell}
        data-arrows="page"
        data-at={isAt || undefined}
        data-picked={isPicked || undefined}
        data-verdict={verdict}
        aria-pressed={isPicked}
        aria-label={words.crop(name, score(row.score), verdict)}
        // The arrows move a cursor over the whole grid; one stop for Tab is enough.
        tabIndex={isAt ? 0 : -1}
        onClick={(event) => {
          // By Enter or Space: it picks, as the page's own Space does, and the focus stays for the next key.
          const isKey = event.detail === 0;
          onPick(row.id, { shiftKey: event.shiftKey, ctrlKey: event.ctrlKey || isKey });
          if (!isKey) event.currentTarget.blur();
        }}
      >
        <Crop suggestion={row} color={label?.color ?? '#fff'} painter={painter} />
        {verdict && (
          <span className={css.verdict}>
            {verdict === 'accepted' ? <IconCheck size={18} stroke={2.5} /> : <IconX size={18} stroke={2.5} />}
          </span>
        )}
        <span className={css.caption}>
          <span className={css.dot} style={{ background: label?.color }} />
          <span className={css.rowText}>{name}</span>
          <span className={css.faint}>{score(row.score)}</span>
        </span>
      </button>
      <span className={css.cellActions}>
        <ActionIcon
          size={26}
          variant="filled"
          color="teal"
          tabIndex={-1}
          aria-label={`${words.accept}: ${name}`}
          onClick={() => onDecide('accepted', [row.id])}
        >
          <IconCheck size={16} stroke={2} />
        </ActionIcon>
        <ActionIcon
          size={26}
          variant="default"
          tabIndex={-1}
          aria-label={`${words.reject}: ${name}`}
          onClick={() => onDecide('rejected', [row.id])}
        >
          <IconX size={16} stroke={2} />
        </ActionIcon>
      </span>
    </li>
  );
});
