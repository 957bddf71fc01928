/** Two small histograms over each other: grey as it was when the model was chosen, coloured as it is now. */
import type { DriftMeasure } from '@/features/learning/api';
import css from '@/features/learning/drift.module.css';
import { ends, MEASURE_WORDS } from '@/features/learning/drift-words';
import { driftWords as words } from '@/features/learning/strings';

const WIDTH = 240;
const HEIGHT = 64;
const GAP = 3;

type Props = { row: DriftMeasure };

export function DriftBars({ row }: Props) {
  const { bars } = row;
  if (!bars) return null;
  const top = Math.max(...bars.reference, ...bars.now, 0.01);
  const step = WIDTH / bars.reference.length;
  const width = (step - GAP) / 2;
  const [from, to] = ends(row);
  return (
    <div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className={css.bars}
        data-verdict={row.verdict}
        role="img"
        aria-label={`${MEASURE_WORDS[row.measure]}: ${words.then}, ${words.now}`}
      >
        {(['reference', 'now'] as const).map((side, place) => (
          <g key={side} data-side={side}>
            {bars[side].map((share, i) => (
              <rect
                key={bars.edges[i]}
                x={i * step + place * width + GAP / 2}
                y={HEIGHT - (share / top) * HEIGHT}
                width={width}
                height={(share / top) * HEIGHT}
              />
            ))}
          </g>
        ))}
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <div className={css.ends} aria-hidden>
        <span>{from}</span>
        <span>{to}</span>
      </div>
    </div>
  );
}
