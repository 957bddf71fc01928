import type { Solved, Still } from '@/features/calibration/api';
import css from '@/features/calibration/calibration.module.css';
import type { Draft, Spot } from '@/features/calibration/draft';

type Props = {
  draft: Draft;
  floor: Solved | undefined;
  still: Still;
  open: Spot[];
  unit: number;
};

const path = (places: readonly (readonly number[])[]) =>
  places.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('');
const through = (spots: readonly Spot[]) => path(spots.map(({ x, y }) => [x, y]));

/** The floor's grid and hull, what is left at each point, and lines that were marked. */
export function FloorLayer({ draft, floor, still, open, unit }: Props) {
  const byId = new Map(draft.points.map((point) => [point.id, point]));
  return (
    <g className={css.layer}>
      {floor && (
        <>
          <path
            className={css.outside}
            fillRule="evenodd"
            d={`M0 0H${still.width}V${still.height}H0Z${path(floor.hull_px)}Z`}
          />
          {floor.grid.lines.map((line, at) => (
            <path key={at} className={css.grid} d={path(line.path)} />
          ))}
          <path className={css.hull} d={`${path(floor.hull_px)}Z`} />
          {floor.points.map(
            ({ back_px }, at) =>
              back_px &&
              draft.points[at] && (
                <path
                  key={at}
                  className={css.left}
                  d={path([[draft.points[at].x, draft.points[at].y], back_px])}
                />
              ),
          )}
        </>
      )}
      {draft.method === 'distances' &&
        draft.lengths.map(({ first, second }) => {
          const ends = [byId.get(first), byId.get(second)].filter((each) => each !== undefined);
          return <path key={`${first}-${second}`} className={css.length} d={through(ends)} />;
        })}
      {draft.lines.map((line, at) => (
        <path key={at} className={css.line} d={through(line)} />
      ))}
      {draft.checks.map(({ x1, y1, x2, y2 }, at) => (
        <path key={at} className={css.check} d={`M${x1} ${y1}L${x2} ${y2}`} />
      ))}
      {open.length > 0 && (
        <>
          <path className={css.check} d={through(open)} />
          {open.map(({ x, y }, at) => (
            <circle key={at} className={css.end} cx={x} cy={y} r={5 * unit} />
          ))}
        </>
      )}
    </g>
  );
}
