import { useRef, useState } from 'react';

import css from '@/components/draw/draw.module.css';
import { Handles, keyShift } from '@/components/draw/handles';
import { placed, ShapeLayer } from '@/components/draw/shape-layer';
import {
  CORNERS_MAX,
  CORNERS_MIN,
  moveCorner,
  replaced,
  shapeAt,
  shapeProblem,
  shiftShape,
  type Drawn,
  type DrawnKind,
} from '@/components/draw/shapes';
import { drawWords as words } from '@/components/draw/strings';
import type { Drawing } from '@/components/draw/use-drawing';
import { clamp, type Pair } from '@/canvas/geometry/points';

const ASPECT_BEFORE = 16 / 9;
/** Of the picture's height: how near counts as on a line or on the first corner. */
const REACH = 0.025;

export type DrawTool = 'select' | DrawnKind;
type Props = {
  /** The still below; a picture that cannot be had leaves a plain board. */
  src: string;
  drawing: Drawing;
  tool: DrawTool;
  selectedId: string | null;
  onSelect: (id: string | null) => void;
  onTool: (tool: DrawTool) => void;
  /** A finished outline: give it a name and put it into the drawing. */
  onDrawn: (kind: DrawnKind, points: readonly Pair[]) => void;
};

type Grab = { shape: Drawn; corner: number | null; from: Pair };

/** Draws, moves and removes zones and lines over a still, by mouse, finger and keyboard. */
export function DrawBoard({ src, drawing, tool, selectedId, onSelect, onTool, onDrawn }: Props) {
  const board = useRef<HTMLDivElement>(null);
  const [aspect, setAspect] = useState(ASPECT_BEFORE);
  const [brokenSrc, setBrokenSrc] = useState('');
  const [draft, setDraft] = useState<readonly Pair[]>([]);
  const [cursor, setCursor] = useState<Pair>([0.5, 0.5]);
  const [isKeyed, setKeyed] = useState(false);
  const [grab, setGrab] = useState<Grab | null>(null);
  const [moved, setMoved] = useState<Drawn | null>(null);

  const draws = tool !== 'select';
  const shapes = moved ? replaced(drawing.shapes, moved) : drawing.shapes;
  const selected = shapes.find(({ id }) => id === selectedId);
  // A tool put away takes its unfinished outline with it.
  const corners = draws ? draft : [];

  const spot = (event: { clientX: number; clientY: number }): Pair => {
    const room = board.current?.getBoundingClientRect();
    if (!room || room.width === 0 || room.height === 0) return [0, 0];
    return [
      clamp((event.clientX - room.left) / room.width, 0, 1),
      clamp((event.clientY - room.top) / room.height, 0, 1),
    ];
  };
  const isNear = (a: Pair, b: Pair) => Math.hypot((a[0] - b[0]) * aspect, a[1] - b[1]) <= REACH;

  const finish = (points: readonly Pair[]) => {
    setDraft([]);
    if (tool === 'select' || shapeProblem({ kind: tool, points })) return;
    onDrawn(tool, points);
    onTool('select');
  };
  const setCorner = (at: Pair) => {
    const [first] = corners;
    const last = corners.at(-1);
    const closes =
      tool === 'zone' &&
      corners.length >= CORNERS_MIN &&
      first &&
      (isNear(at, first) || (last && isNear(at, last)));
    if (closes) return finish(corners);
    if (last && isNear(at, last) && tool === 'zone') return;
    const points = [...corners, at];
    if (tool === 'line' ? points.length === 2 : points.length === CORNERS_MAX) finish(points);
    else setDraft(points);
  };

  const press = (event: React.PointerEvent) => {
    if (event.button !== 0) return;
    const at = spot(event);
    setKeyed(false);
    if (draws) return setCorner(at);
    const hit = shapeAt(shapes, at, REACH, aspect);
    onSelect(hit?.id ?? null);
    if (hit) hold(hit, null, event);
  };
  const hold = (shape: Drawn, corner: number | null, event: React.PointerEvent) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    board.current?.setPointerCapture(event.pointerId);
    setGrab({ shape, corner, from: spot(event) });
  };
  const move = (event: React.PointerEvent) => {
    const at = spot(event);
    if (draws) setCursor(at);
    if (!grab) return;
    const { shape, corner, from } = grab;
    setMoved(
      corner === null ? shiftShape(shape, at[0] - from[0], at[1] - from[1]) : moveCorner(shape, corner, at),
    );
  };
  const release = () => {
    if (moved) drawing.change(replaced(drawing.shapes, moved));
    setGrab(null);
    setMoved(null);
  };
  const leaveOff = () => {
    if (grab) {
      setGrab(null);
      return setMoved(null);
    }
    if (corners.length) return setDraft([]);
    if (draws) return onTool('select');
    onSelect(null);
  };

  const hearKey = (event: React.KeyboardEvent) => {
    const verb = keyVerb(event);
    if (!verb) return;
    event.preventDefault();
    event.stopPropagation();
    verb();
  };
  const keyVerb = (event: React.KeyboardEvent): (() => void) | null => {
    const shift = keyShift(event);
    if (event.key === 'Escape') return leaveOff;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z')
      return corners.length
        ? () => setDraft(corners.slice(0, -1))
        : event.shiftKey
          ? drawing.redo
          : drawing.undo;
    if (draws) {
      if (shift)
        return () => (
          setKeyed(true),
          setCursor(([x, y]) => [clamp(x + shift[0], 0, 1), clamp(y + shift[1], 0, 1)])
        );
      if (event.key === 'Enter' && event.target === board.current)
        return () => (setKeyed(true), setCorner(cursor));
      if (event.key === 'Backspace' && corners.length) return () => setDraft(corners.slice(0, -1));
      return null;
    }
    if (!selected) return null;
    if (shift)
      return () => drawing.change(replaced(drawing.shapes, shiftShape(selected, shift[0], shift[1])));
    if (event.key === 'Delete' || event.key === 'Backspace')
      return () => (drawing.change(drawing.shapes.filter(({ id }) => id !== selected.id)), onSelect(null));
    return null;
  };

  return (
    <div
      ref={board}
      className={css.board}
      style={{ aspectRatio: aspect }}
      role="application"
      aria-label={words.board}
      aria-description={words.keys}
      tabIndex={0}
      data-draws={draws || undefined}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={() => corners.length >= CORNERS_MIN && finish(corners)}
      onKeyDown={hearKey}
    >
      {src && src !== brokenSrc ? (
        <img
          className={css.picture}
          src={src}
          alt=""
          draggable={false}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            naturalHeight > 0 && setAspect(naturalWidth / naturalHeight)
          }
          onError={() => setBrokenSrc(src)}
        />
      ) : (
        <span className={css.none}>{words.noPicture}</span>
      )}
      <ShapeLayer
        shapes={shapes}
        selectedId={selectedId}
        aspect={aspect}
        draft={corners.length ? [...corners, cursor] : []}
      />
      {!draws && selected && (
        <Handles
          shape={selected}
          onChange={(next) => drawing.change(replaced(drawing.shapes, next))}
          onGrab={(index, event) => hold(selected, index, event)}
        />
      )}
      {draws && isKeyed && <span className={css.cross} style={placed(cursor)} aria-hidden />}
    </div>
  );
}
