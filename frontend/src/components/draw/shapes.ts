/** Zones and directed lines over a picture, in 0..1 of its sides. Plain functions: every edit answers new shapes. */
import { clamp, imagePoint, type Pair } from '@/canvas/geometry/points';
import { nearestOnSegment, pointInRing, ringArea, ringEdges } from '@/canvas/geometry/polygon';

export type DrawnKind = 'zone' | 'line';
export type Drawn = {
  readonly id: string;
  readonly kind: DrawnKind;
  readonly name: string;
  readonly color: string;
  readonly points: readonly Pair[];
};

export const CORNERS_MIN = 3;
export const CORNERS_MAX = 64;
const AREA_MIN = 0.0001;
const LENGTH_MIN = 0.005;

const held = ([x, y]: Pair): Pair => [clamp(x, 0, 1), clamp(y, 0, 1)];

export function moveCorner(shape: Drawn, index: number, to: Pair): Drawn {
  return { ...shape, points: shape.points.map((point, at) => (at === index ? held(to) : point)) };
}

/** A new corner in the middle of the edge after corner `index`. */
export function splitEdge(shape: Drawn, index: number): Drawn {
  const a = shape.points[index];
  const b = shape.points[(index + 1) % shape.points.length];
  if (shape.kind === 'line' || shape.points.length >= CORNERS_MAX || !a || !b) return shape;
  const middle: Pair = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return {
    ...shape,
    points: [...shape.points.slice(0, index + 1), middle, ...shape.points.slice(index + 1)],
  };
}

/** Without that corner; the same shape where it could not be one any more. */
export function dropCorner(shape: Drawn, index: number): Drawn {
  if (shape.kind === 'line' || shape.points.length <= CORNERS_MIN) return shape;
  return { ...shape, points: shape.points.filter((_, at) => at !== index) };
}

/** Moved as a whole, as far as the picture reaches. */
export function shiftShape(shape: Drawn, dx: number, dy: number): Drawn {
  const xs = shape.points.map(([x]) => x);
  const ys = shape.points.map(([, y]) => y);
  const byX = clamp(dx, -Math.min(...xs), 1 - Math.max(...xs));
  const byY = clamp(dy, -Math.min(...ys), 1 - Math.max(...ys));
  return { ...shape, points: shape.points.map(([x, y]): Pair => [x + byX, y + byY]) };
}

/** A line that counts the other way round. */
export const turnLine = (shape: Drawn): Drawn => ({ ...shape, points: [...shape.points].reverse() });

/** The topmost shape at a point; lines within `reach` first, as zones would cover them. `aspect`: width / height. */
export function shapeAt(
  shapes: readonly Drawn[],
  at: Pair,
  reach: number,
  aspect: number,
): Drawn | undefined {
  const wide = ([x, y]: Pair): Pair => [x * aspect, y];
  const [px, py] = wide(at);
  const point = imagePoint(px, py);
  const near = (shape: Drawn) => {
    const [a, b] = shape.points;
    if (shape.kind !== 'line' || !a || !b) return false;
    const foot = nearestOnSegment(point, wide(a), wide(b));
    return Math.hypot(foot.x - point.x, foot.y - point.y) <= reach;
  };
  const front = [...shapes].reverse();
  return (
    front.find(near) ??
    front.find((shape) => shape.kind === 'zone' && pointInRing(imagePoint(at[0], at[1]), shape.points))
  );
}

export type Problem = 'crossing' | 'small' | 'short';

/** Why the server would refuse the shape; null when it would not. */
export function shapeProblem({ kind, points }: Pick<Drawn, 'kind' | 'points'>): Problem | null {
  if (kind === 'line') {
    const [a, b] = points;
    return a && b && Math.hypot(a[0] - b[0], a[1] - b[1]) >= LENGTH_MIN ? null : 'short';
  }
  if (crossesItself(points)) return 'crossing';
  return points.length >= CORNERS_MIN && ringArea(points) >= AREA_MIN ? null : 'small';
}

function crossesItself(ring: readonly Pair[]): boolean {
  const edges = [...ringEdges(ring)];
  const side = ([a, b]: readonly [Pair, Pair], p: Pair) =>
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
  return edges.some((first, at) =>
    edges
      .slice(at + 1)
      .some(
        (second) =>
          side(first, second[0]) * side(first, second[1]) < 0 &&
          side(second, first[0]) * side(second, first[1]) < 0,
      ),
  );
}

/** Middle of a line, and the way it counts as forward: to the right of start → end. Unit vector in picture heights. */
export function lineArrow(points: readonly Pair[], aspect: number): { at: Pair; towards: Pair } | null {
  const [a, b] = points;
  if (!a || !b) return null;
  const dx = (b[0] - a[0]) * aspect;
  const dy = b[1] - a[1];
  const length = Math.hypot(dx, dy);
  if (length === 0) return null;
  return { at: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], towards: [-dy / length, dx / length] };
}

export const replaced = (shapes: readonly Drawn[], next: Drawn): readonly Drawn[] =>
  shapes.map((shape) => (shape.id === next.id ? next : shape));
