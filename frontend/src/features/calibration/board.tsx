import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

import type { Solved, Still } from '@/features/calibration/api';
import css from '@/features/calibration/calibration.module.css';
import { kept, type Draft, type Spot } from '@/features/calibration/draft';
import type { Mode } from '@/features/calibration/editor';
import { FloorLayer } from '@/features/calibration/floor-layer';
import { isInside, metresAt, plusMinusAt } from '@/features/calibration/floor-map';
import { Magnifier } from '@/features/calibration/magnifier';
import { words } from '@/features/calibration/strings';

type Props = {
  still: Still;
  draft: Draft;
  floor: Solved | undefined;
  mode: Mode;
  open: Spot[];
  active: number | null;
  onActive: (id: number | null) => void;
  onSpot: (at: Spot) => void;
  onMove: (id: number, to: Spot) => void;
  onRemove: (id: number) => void;
  onUndo: () => void;
};

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const stepOf = (event: KeyboardEvent, plain: number) =>
  event.shiftKey ? 10 * plain : event.altKey ? 0.2 : plain;

/** The still with everything placed on it. All of it works by keyboard: a cross is moved and set, points are nudged. */
export function Board(props: Props) {
  const { still, draft, floor, onActive, onSpot, onMove, onRemove } = props;
  const dragged = useRef<number | null>(null);
  const [cursor, setCursor] = useState<Spot | null>(null);
  const [isKeyed, setKeyed] = useState(false);
  const spotOf = (event: PointerEvent): Spot => {
    const box = event.currentTarget.closest('svg')?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return kept(
      {
        x: ((event.clientX - box.left) / box.width) * still.width,
        y: ((event.clientY - box.top) / box.height) * still.height,
      },
      still,
    );
  };
  const move = (event: PointerEvent) => {
    const at = spotOf(event);
    setCursor(at);
    setKeyed(false);
    if (dragged.current !== null) onMove(dragged.current, at);
  };
  const onKey = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'z') return act(event, props.onUndo);
    const arrow = ARROWS[event.key];
    const from = cursor ?? { x: still.width / 2, y: still.height / 2 };
    if (arrow) {
      const by = stepOf(event, 5);
      setKeyed(true);
      return act(event, () =>
        setCursor(kept({ x: from.x + arrow[0] * by, y: from.y + arrow[1] * by }, still)),
      );
    }
    if (event.key === 'Enter' || event.key === ' ') act(event, () => onSpot(from));
  };
  const onPointKey = (event: KeyboardEvent, id: number, at: Spot) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const by = stepOf(event, 1);
      const to = kept({ x: at.x + arrow[0] * by, y: at.y + arrow[1] * by }, still);
      setCursor(to);
      return act(event, () => onMove(id, to));
    }
    if (event.key === 'Delete' || event.key === 'Backspace') act(event, () => onRemove(id));
  };
  // One unit of the drawing on the screen, so that marks are as large for every picture.
  const unit = still.width / 900;
  return (
    <div className={css.board} style={{ aspectRatio: `${still.width} / ${still.height}` }}>
      {still.has_picture ? (
        <img src={`/api/v1/stills/${still.id}/picture.jpg`} alt="" draggable={false} />
      ) : (
        <p className={css.gone}>{words.stillGone}</p>
      )}
      <svg
        viewBox={`0 0 ${still.width} ${still.height}`}
        role="application"
        aria-label={words.board}
        tabIndex={0}
        onPointerMove={move}
        onPointerLeave={() => dragged.current === null && setCursor(null)}
        onPointerDown={(event) => event.button === 0 && onSpot(spotOf(event))}
        onPointerUp={() => (dragged.current = null)}
        onKeyDown={onKey}
      >
        <FloorLayer draft={draft} floor={floor} still={still} open={props.open} unit={unit} />
        {draft.points.map((point, row) => (
          <g
            key={point.id}
            role="button"
            tabIndex={0}
            aria-label={`Point ${row + 1}. Arrow keys move it, Delete removes it.`}
            className={css.point}
            data-active={props.active === point.id || undefined}
            transform={`translate(${point.x} ${point.y}) scale(${unit})`}
            onFocus={() => onActive(point.id)}
            onBlur={() => onActive(null)}
            onKeyDown={(event) => {
              onPointKey(event, point.id, point);
            }}
            onPointerDown={(event) => {
              event.stopPropagation();
              event.currentTarget.focus();
              event.currentTarget.setPointerCapture(event.pointerId);
              dragged.current = point.id;
            }}
          >
            <circle r="16" className={css.grip} />
            <circle r="6" className={css.dot} />
            <text x="10" y="-8">
              {row + 1}
            </text>
          </g>
        ))}
        {cursor && isKeyed && (
          <path
            className={css.cross}
            d={`M${cursor.x - 14 * unit} ${cursor.y}h${28 * unit}M${cursor.x} ${cursor.y - 14 * unit}v${28 * unit}`}
          />
        )}
      </svg>
      {cursor && <Magnifier still={still} at={cursor} />}
      {cursor && floor && <Here floor={floor} still={still} at={cursor} />}
    </div>
  );
}

function act(event: KeyboardEvent, what: () => void): void {
  event.preventDefault();
  event.stopPropagation();
  what();
}

/** Where on the floor the cursor is, and how sure that is. */
function Here({ floor, still, at }: { floor: Solved; still: Still; at: Spot }) {
  const place = metresAt(floor.map, at);
  const plusMinus = plusMinusAt(floor.sure, still, at);
  return (
    <div className={css.here} data-left={at.x > still.width / 2 || undefined}>
      {place === null || plusMinus === null
        ? 'No floor here'
        : `${place.x.toFixed(2)}, ${place.y.toFixed(2)} m ± ${plusMinus.toFixed(2)} m${
            isInside(floor.hull_px, at) ? '' : ' · outside'
          }`}
    </div>
  );
}
