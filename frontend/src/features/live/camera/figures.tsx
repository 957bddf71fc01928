import css from '@/features/live/camera/camera.module.css';
import { amount, type Counts } from '@/features/live/camera/counts';
import { cameraWords as words } from '@/features/live/camera/strings';
import { NONE } from '@/lib/numbers';
import { duration } from '@/lib/time';

/** The day in four numbers. */
export function Figures({ counts }: { counts: Counts | undefined }) {
  const all = counts?.series.find(({ label_id }) => label_id === null);
  const exposure = all?.exposure_s.reduce((sum, each) => sum + each, 0) ?? 0;
  const tracks = all?.tracks.reduce<number>((sum, each) => sum + (each ?? 0), 0) ?? 0;
  const present =
    all?.mean.reduce<number>((sum, each, at) => sum + (each ?? 0) * (all.exposure_s[at] ?? 0), 0) ?? 0;
  const peak = all ? Math.max(0, ...all.peak.map((each) => each ?? 0)) : 0;
  const isWatched = exposure > 0;
  const figures = [
    { name: words.watched, value: isWatched ? duration(exposure) : NONE },
    { name: 'came into view', value: isWatched ? amount(tracks) : NONE },
    {
      name: 'in view on average',
      value: isWatched ? amount(Math.round((100 * present) / exposure) / 100) : NONE,
    },
    { name: 'most at once', value: isWatched ? amount(peak) : NONE },
  ];
  return (
    <dl className={`${css.panel} ${css.figures}`}>
      {figures.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
