import css from '@/components/draw/draw.module.css';
import { placed } from '@/components/draw/shape-layer';
import { dropCorner, moveCorner, splitEdge, type Drawn } from '@/components/draw/shapes';
import { drawWords as words } from '@/components/draw/strings';
import type { Pair } from '@/canvas/geometry/points';

const STEP = 0.005;
const STRIDE = 0.03;
export const ARROWS: Record<string, Pair> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** How far an arrow key moves something; null for another key. */
export function keyShift(event: { key: string; shiftKey: boolean }): Pair | null {
  const way = ARROWS[event.key];
  const far = event.shiftKey ? STRIDE : STEP;
  return way ? [way[0] * far, way[1] * far] : null;
}

type Props = {
  shape: Drawn;
  onChange: (next: Drawn) => void;
  /** The pointer went down on a corner: what follows moves it. */
  onGrab: (index: number, event: React.PointerEvent) => void;
};

/** The corners of the selected shape: dragged, moved by arrow keys, removed by Delete; between two of them a new one. */
export function Handles({ shape, onChange, onGrab }: Props) {
  const isLine = shape.kind === 'line';
  const hearKey = (index: number, point: Pair) => (event: React.KeyboardEvent) => {
    const shift = keyShift(event);
    const next = shift
      ? moveCorner(shape, index, [point[0] + shift[0], point[1] + shift[1]])
      : event.key === 'Delete' || event.key === 'Backspace'
        ? dropCorner(shape, index)
        : null;
    // A corner that may not go leaves the key to the board, which removes the whole.
    if (!next || (next === shape && !shift)) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(next);
  };
  return (
    <>
      {!isLine &&
        shape.points.map((point, index) => {
          const after = shape.points[(index + 1) % shape.points.length] ?? point;
          return (
            <button
              key={`m${index}`}
              type="button"
              className={css.middle}
              style={{
                ...placed([(point[0] + after[0]) / 2, (point[1] + after[1]) / 2]),
                ...({ '--shape': shape.color } as React.CSSProperties),
              }}
              aria-label={words.addCorner(index + 1, shape.name)}
              onPointerDown={(event) => event.stopPropagation()}
              onClick={() => onChange(splitEdge(shape, index))}
            />
          );
        })}
      {shape.points.map((point, index) => (
        <button
          key={index}
          type="button"
          className={css.handle}
          style={placed(point)}
          aria-label={isLine ? words.end(index + 1, shape.name) : words.corner(index + 1, shape.name)}
          onPointerDown={(event) => onGrab(index, event)}
          onKeyDown={hearKey(index, point)}
        />
      ))}
    </>
  );
}
