/** Two curves with their 95 % bands, drawn as SVG: what random and what chosen labels reach. */
import { useElementSize } from '@mantine/hooks';

import css from '@/features/learning/learning.module.css';
import type { Line } from '@/features/learning/savings-figures';
import { count, score } from '@/lib/numbers';

/** Until the page has been laid out. */
const WIDTH_BEFORE = 860;
const HEIGHT = 300;
const EDGE = { left: 44, right: 12, top: 12, bottom: 36 };
const X_TICKS = 5;

type Props = { lines: readonly Line[]; xName: string; yName: string; names: Record<Line['name'], string> };

export function SavingsChart({ lines, xName, yName, names }: Props) {
  // As wide as its place: scaled down to a phone, its words could not be read.
  const { ref, width: measured } = useElementSize();
  const width = Math.round(measured) || WIDTH_BEFORE;
  const spots = lines.flatMap((line) => line.spots);
  const xMax = Math.max(...spots.map(({ x }) => x)) || 1;
  const low = Math.max(0, Math.floor(Math.min(...spots.map((spot) => spot.low)) * 10) / 10);
  const x = (value: number) => EDGE.left + (value / xMax) * (width - EDGE.left - EDGE.right);
  const y = (value: number) =>
    HEIGHT - EDGE.bottom - ((value - low) / (1 - low || 1)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const path = (points: [number, number][]) => points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ');
  const ticks = (n: number, from: number, to: number) =>
    Array.from({ length: n + 1 }, (_, i) => from + (i / n) * (to - from));
  return (
    <svg
      ref={ref}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      className={css.chart}
      role="img"
      aria-label={`${yName} by ${xName}`}
    >
      {ticks(Math.round((1 - low) * 10), low, 1).map((value) => (
        <g key={value}>
          <line x1={EDGE.left} x2={width - EDGE.right} y1={y(value)} y2={y(value)} className={css.gridLine} />
          <text x={EDGE.left - 8} y={y(value) + 4} textAnchor="end">
            {score(value)}
          </text>
        </g>
      ))}
      {ticks(X_TICKS, 0, xMax).map((value) => (
        <text key={value} x={x(value)} y={HEIGHT - EDGE.bottom + 16} textAnchor="middle">
          {count(value)}
        </text>
      ))}
      <text x={(width + EDGE.left) / 2} y={HEIGHT - 4} textAnchor="middle">
        {xName}
      </text>
      {lines.map(({ name, spots: own }) => (
        <g key={name} data-line={name}>
          <polygon
            points={path([
              ...own.map((s): [number, number] => [s.x, s.low]),
              ...own.toReversed().map((s): [number, number] => [s.x, s.high]),
            ])}
            className={css.band}
          />
          <polyline points={path(own.map((s) => [s.x, s.value]))} className={css.line} />
          {own.map((s) => (
            <circle key={s.x} cx={x(s.x)} cy={y(s.value)} r={3} className={css.dot}>
              <title>{`${names[name]}: ${score(s.value, 3)} [${score(s.low, 3)} … ${score(s.high, 3)}]`}</title>
            </circle>
          ))}
        </g>
      ))}
    </svg>
  );
}
