import { Text } from '@mantine/core';

import { tileOf, type Filmstrip } from './filmstrip';
import { videoWords as words } from './strings';
import css from './video.module.css';
import { clock } from './wish';

type Props = {
  frame: number;
  /** Where it points at, share of the ruler's width. */
  at: number;
  strip: Filmstrip | null;
  time_s: number | undefined;
};

/** What lies at a place of the timeline, before going there. */
export function Preview({ frame, at, strip, time_s }: Props) {
  const tile = strip && tileOf(strip, frame);
  return (
    <div className={css.preview} style={{ left: `clamp(84px, ${at * 100}%, 100% - 84px)` }} aria-hidden>
      {strip && tile && (
        <div
          className={css.tile}
          style={{
            width: strip.tile_width,
            height: strip.tile_height,
            backgroundImage: `url(${strip.url})`,
            backgroundPosition: `-${tile.left}px -${tile.top}px`,
          }}
        />
      )}
      <Text size="xs" ta="center">
        {words.place(frame + 1, time_s === undefined ? null : clock(time_s))}
      </Text>
    </div>
  );
}
