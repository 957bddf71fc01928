import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

import {
  addPoint,
  changePoint,
  removePoint,
  toggleEdge,
  type Template,
} from '@/features/projects/ontology/skeleton';
import css from '@/features/projects/ontology/skeleton.module.css';
import { skeletonWords as words } from '@/features/projects/strings';

export type BoardMode = 'place' | 'join';

type Props = {
  template: Template;
  mode: BoardMode;
  picked: number | null;
  readOnly: boolean;
  onPick: (index: number | null) => void;
  onChange: (template: Template) => void;
};

const STEP = 0.01;
const FAR_STEP = 0.05;
const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const at = (value: number): string => `${value * 100}%`;

/** The box that a skeleton is drawn into: click to place a point, drag it, click two to join them. */
export function SkeletonBoard({ template, mode, picked, readOnly, onPick, onChange }: Props) {
  const board = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);

  const placeOf = (event: PointerEvent) => {
    const frame = board.current?.getBoundingClientRect();
    if (!frame) return { x: 0, y: 0 };
    return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
  };
  const press = (event: PointerEvent) => {
    if (readOnly || event.button !== 0) return;
    if (mode === 'join') return onPick(null);
    onChange(addPoint(template, placeOf(event)));
    onPick(template.points.length);
  };
  const grab = (event: PointerEvent, index: number) => {
    event.stopPropagation();
    if (readOnly || mode === 'join' || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragged(index);
    onPick(index);
  };
  const choose = (index: number) => {
    if (mode === 'place' || readOnly) return onPick(index);
    if (picked !== null && picked !== index) onChange(toggleEdge(template, picked, index));
    // A limb is a chain: the next edge starts where this one ended.
    onPick(picked === index ? null : index);
  };
  const key = (event: KeyboardEvent, index: number) => {
    const move = MOVES[event.key];
    const point = template.points[index];
    if (readOnly || !point) return;
    if (move) {
      const step = event.shiftKey ? FAR_STEP : STEP;
      onChange(changePoint(template, index, { x: point.x + move[0] * step, y: point.y + move[1] * step }));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(removePoint(template, index));
      onPick(null);
    } else if (event.key === 'Escape' && picked !== null) onPick(null);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={board}
      className={css.board}
      role="group"
      aria-label={words.board}
      data-mode={readOnly ? undefined : mode}
      onPointerDown={press}
    >
      <svg className={css.bones} aria-hidden>
        {template.edges.map(([from = -1, to = -1]) => {
          const [a, b] = [template.points[from], template.points[to]];
          return a && b ? (
            <line key={`${from}-${to}`} x1={at(a.x)} y1={at(a.y)} x2={at(b.x)} y2={at(b.y)} />
          ) : null;
        })}
      </svg>
      {template.points.length === 0 && <p className={css.boardHint}>{words.boardEmpty}</p>}
      {template.points.map((point, index) => (
        <button
          // The place in the list is what a point is: objects keep theirs by it.
          key={index}
          type="button"
          className={css.point}
          style={{ left: at(point.x), top: at(point.y) }}
          aria-label={`${index + 1}: ${point.name}`}
          aria-pressed={picked === index}
          title={point.name}
          onPointerDown={(event) => grab(event, index)}
          onPointerMove={(event) => {
            if (dragged === index) onChange(changePoint(template, index, placeOf(event)));
          }}
          onPointerUp={() => setDragged(null)}
          onPointerCancel={() => setDragged(null)}
          onClick={() => choose(index)}
          onKeyDown={(event) => key(event, index)}
        >
          {index + 1}
        </button>
      ))}
    </div>
  );
}
