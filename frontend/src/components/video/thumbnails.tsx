import type { Filmstrip } from './filmstrip';
import { tileOf } from './filmstrip';
import type { Reach } from './reach';
import { frameAtShare, type View } from './timeline-view';
import css from './video.module.css';

/** Height of the row, CSS pixels. */
const HEIGHT = 30;

type Props = { strip: Filmstrip; view: View; reach: Reach; widthPx: number };

/** Small pictures along the part that is shown, each of the frame nearest to its middle that there is one of. */
export function Thumbnails({ strip, view, reach, widthPx }: Props) {
  const scale = HEIGHT / strip.tile_height;
  const width = strip.tile_width * scale;
  const count = Math.floor(widthPx / width);
  if (count < 1) return null;
  const rows = Math.ceil(strip.frames.length / strip.columns);
  return (
    <div className={css.thumbnails} style={{ height: HEIGHT }} aria-hidden>
      {Array.from({ length: count }, (_, at) => {
        const tile = tileOf(strip, frameAtShare(view, (at + 0.5) / count, reach));
        return (
          <span
            key={at}
            className={css.thumbnail}
            style={{
              backgroundImage: `url(${strip.url})`,
              backgroundSize: `${strip.columns * width}px ${rows * HEIGHT}px`,
              backgroundPosition: tile ? `-${tile.left * scale}px -${tile.top * scale}px` : undefined,
              width,
            }}
          />
        );
      })}
    </div>
  );
}
