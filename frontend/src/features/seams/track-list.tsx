/** The tracks at a seam in their groups; a click or Enter chooses, the arrows go up and down. */
import { Button, ColorSwatch } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

import type { Link, Pair, Piece, Place, Seam } from './api';
import css from './seams.module.css';
import { seamWords as words } from './strings';
import { useLabelOf } from './use-label-of';
import { withPiece, type Choice, type Side } from './view';

/** Of what is left over so many are listed at first, nearest to the seam. */
const LISTED = 50;

type Props = { place: Place; seam: Seam; choice: Choice; onChoose: (choice: Choice) => void };

export function TrackList({ place, seam, choice, onChoose }: Props) {
  const labelOf = useLabelOf(place.projectId);
  const list = useRef<HTMLElement>(null);
  const hadFocus = useRef(false);
  // A row that is joined or parted moves to another group: whoever was on it is again.
  useEffect(() => {
    if (!hadFocus.current || document.activeElement !== document.body) return;
    list.current?.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
  }, [seam]);
  const is = (earlier: string, later: string) => choice.earlier === earlier && choice.later === later;
  const ofPair = (pair: Pair) => (
    <Row
      key={`${pair.earlier.region_id} ${pair.later.region_id}`}
      label={labelOf(pair.earlier.label_id)}
      about={words.fromTo(framesOf(pair.earlier), framesOf(pair.later))}
      end={words.overlap(pair.overlap)}
      isChosen={is(pair.earlier.region_id, pair.later.region_id)}
      onChoose={() => onChoose({ earlier: pair.earlier.region_id, later: pair.later.region_id })}
    />
  );
  const ofLink = (link: Link) => {
    const piece = link.earlier ?? link.later;
    return (
      <Row
        key={`${link.earlier_region} ${link.later_region}`}
        label={piece ? labelOf(piece.label_id) : { name: words.gone }}
        about={`${words.saidBy(link.made_by?.name)}. ${link.no_effect}`}
        isChosen={is(link.earlier_region, link.later_region)}
        onChoose={() => onChoose({ earlier: link.earlier_region, later: link.later_region })}
      />
    );
  };
  const ofPiece = (side: Side) => (piece: Piece) => (
    <Row
      key={piece.region_id}
      label={labelOf(piece.label_id)}
      about={framesOf(piece)}
      isChosen={choice[side] === piece.region_id}
      onChoose={() => onChoose(withPiece(seam, choice, side, piece.region_id))}
    />
  );
  const apart = seam.links.filter(({ kind, no_effect }) => kind === 'apart' && no_effect === '');
  const idle = seam.links.filter(({ no_effect }) => no_effect !== '');
  return (
    <nav
      className={css.side}
      aria-label={words.list}
      ref={list}
      data-arrows="page"
      onKeyDown={(event) => goAlong(event, list.current)}
      onFocus={() => (hadFocus.current = true)}
      onBlur={(event) => {
        // With its row gone nothing is focused next: that is no leaving.
        if (event.relatedTarget) hadFocus.current = list.current?.contains(event.relatedTarget) ?? false;
      }}
    >
      <Rows title={words.byThemselves} rows={seam.pairs.filter((pair) => !pair.is_by_hand).map(ofPair)} />
      <Rows title={words.byHand} rows={seam.pairs.filter((pair) => pair.is_by_hand).map(ofPair)} />
      {apart.length > 0 && <Rows title={words.apart} rows={apart.map(ofLink)} />}
      {idle.length > 0 && <Rows title={words.idle} rows={idle.map(ofLink)} />}
      <Rows title={words.leftIn(seam.number)} rows={seam.earlier.map(ofPiece('earlier'))} />
      <Rows title={words.leftIn(seam.number + 1)} rows={seam.later.map(ofPiece('later'))} />
    </nav>
  );
}

const framesOf = ({ frame_first, frame_last }: Piece) => words.frames(frame_first, frame_last);

/** Up and down from row to row. */
function goAlong(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !list) return;
  const rows = [...list.querySelectorAll<HTMLElement>('button[aria-pressed]')];
  const next = rows[rows.findIndex((row) => row === document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function Rows({ title, rows }: { title: string; rows: readonly ReactNode[] }) {
  const [isAll, setAll] = useState(false);
  const more = isAll ? 0 : rows.length - LISTED;
  return (
    <section aria-label={title}>
      <h2 className={css.group}>{title}</h2>
      {rows.length === 0 && <p className={css.none}>{words.nothing}</p>}
      {rows.length > 0 && <ul className={css.list}>{more > 0 ? rows.slice(0, LISTED) : rows}</ul>}
      {more > 0 && (
        <Button size="compact-sm" variant="subtle" fullWidth onClick={() => setAll(true)}>
          {words.more(more)}
        </Button>
      )}
    </section>
  );
}

type RowProps = {
  label: { name: string; color?: string };
  about: string;
  end?: string;
  isChosen: boolean;
  onChoose: () => void;
};

function Row({ label, about, end, isChosen, onChoose }: RowProps) {
  return (
    <li>
      <button type="button" className={css.row} aria-pressed={isChosen} onClick={onChoose}>
        <ColorSwatch color={label.color ?? 'transparent'} size={10} withShadow={false} />
        <span className={css.what}>
          <span className={css.name}>{label.name}</span>
          <span className={css.about}>{about}</span>
        </span>
        {end && <span className={css.end}>{end}</span>}
      </button>
    </li>
  );
}
