import css from '@/components/draw/draw.module.css';
import { lineArrow, shapeProblem, type Drawn } from '@/components/draw/shapes';
import type { Pair } from '@/canvas/geometry/points';

const HIGH = 1000;
const ARROW = 46;

type Props = {
  shapes: readonly Drawn[];
  selectedId: string | null;
  aspect: number;
  /** Corners set so far of what is being drawn, with the cursor as the last one. */
  draft: readonly Pair[];
};

/** Outlines, names and arrows; `aria-hidden`, as the lists beside a board name everything. */
export function ShapeLayer({ shapes, selectedId, aspect, draft }: Props) {
  const wide = HIGH * aspect;
  const spot = ([x, y]: Pair) => `${(x * wide).toFixed(1)},${(y * HIGH).toFixed(1)}`;
  const path = (points: readonly Pair[], isClosed: boolean) =>
    points.length ? `M${points.map(spot).join('L')}${isClosed ? 'Z' : ''}` : '';
  return (
    <>
      <svg className={css.over} viewBox={`0 0 ${wide} ${HIGH}`} preserveAspectRatio="none" aria-hidden>
        {shapes.map((shape) => {
          const isLine = shape.kind === 'line';
          const d = path(shape.points, !isLine) + (isLine ? arrowPath(shape.points, aspect) : '');
          return (
            <g key={shape.id} style={{ '--shape': shape.color } as React.CSSProperties}>
              <path className={css.edge} d={d} />
              <path
                className={css.shape}
                d={d}
                data-line={isLine || undefined}
                data-selected={shape.id === selectedId || undefined}
                data-problem={shapeProblem(shape) !== null || undefined}
              />
            </g>
          );
        })}
        {draft.length > 0 && (
          <g style={{ '--shape': '#4dd8ff' } as React.CSSProperties}>
            <path className={css.edge} d={path(draft, false)} />
            <path className={css.shape} data-line d={path(draft, false)} />
            {draft.slice(0, -1).map((point, at) => (
              <circle key={at} cx={point[0] * wide} cy={point[1] * HIGH} r={7} fill="#4dd8ff" stroke="#000" />
            ))}
          </g>
        )}
      </svg>
      {shapes.map((shape) => (
        <span key={shape.id} className={css.tag} style={placed(tagPlace(shape))} aria-hidden>
          {shape.name}
        </span>
      ))}
    </>
  );
}

export const placed = ([x, y]: Pair): React.CSSProperties => ({ left: `${x * 100}%`, top: `${y * 100}%` });

/** The middle of a zone's corners; beside a line's start, where its arrow is not. */
function tagPlace({ kind, points }: Drawn): Pair {
  const [first] = points;
  if (kind === 'line' && first) return [first[0], Math.max(0.03, first[1] - 0.035)];
  const sum = points.reduce<Pair>(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

function arrowPath(points: readonly Pair[], aspect: number): string {
  const arrow = lineArrow(points, aspect);
  if (!arrow) return '';
  const x = arrow.at[0] * HIGH * aspect;
  const y = arrow.at[1] * HIGH;
  const [tx, ty] = arrow.towards;
  const tip = [x + tx * ARROW, y + ty * ARROW] as const;
  const wing = (turn: 1 | -1) =>
    `${(tip[0] - (tx - turn * ty * 0.7) * ARROW * 0.4).toFixed(1)},${(tip[1] - (ty + turn * tx * 0.7) * ARROW * 0.4).toFixed(1)}`;
  return `M${x.toFixed(1)},${y.toFixed(1)}L${tip[0].toFixed(1)},${tip[1].toFixed(1)}M${wing(1)}L${tip[0].toFixed(1)},${tip[1].toFixed(1)}L${wing(-1)}`;
}
