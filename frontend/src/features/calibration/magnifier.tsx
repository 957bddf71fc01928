import type { Still } from '@/features/calibration/api';
import css from '@/features/calibration/calibration.module.css';
import type { Spot } from '@/features/calibration/draft';

const SIDE_PX = 132;
const TIMES = 3;

/** The picture around the cursor, enlarged, in the corner away from it. */
export function Magnifier({ still, at }: { still: Still; at: Spot }) {
  const shift = (value: number) => SIDE_PX / 2 - value * TIMES;
  return (
    <div
      className={css.magnifier}
      aria-hidden
      data-right={at.x < still.width / 2 || undefined}
      style={{
        width: SIDE_PX,
        height: SIDE_PX,
        backgroundImage: `url(/api/v1/stills/${still.id}/picture.jpg)`,
        backgroundSize: `${still.width * TIMES}px ${still.height * TIMES}px`,
        backgroundPosition: `${shift(at.x)}px ${shift(at.y)}px`,
      }}
    />
  );
}
