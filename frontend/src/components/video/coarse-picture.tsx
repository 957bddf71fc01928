import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';

import { coarseOf, laidOver, type Filmstrip } from './filmstrip';
import { videoWords as words } from './strings';
import css from './video.module.css';

/** Steps and short jumps bring their frame sooner: nothing coarse flickers by. */
const SOON_MS = 150;

type Props = {
  editor: Editor;
  strip: Filmstrip;
  size: { width: number; height: number };
  /** The frame being fetched, the one shown, and whether a hand is dragging there. */
  wish: number;
  shown: number;
  isDragged: boolean;
};

/**
 * The small picture nearest to a frame that is being fetched, blown up over the one that was left, its labels with it.
 * It says that it is not the frame. What is pressed there does nothing, nor do keys that change labels or follow: they
 * would meet another frame. Undo, the view, the keys of the page and of the browser go on.
 */
export function CoarsePicture({ editor, strip, size, wish, shown, isDragged }: Props) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SOON_MS);
    return () => clearTimeout(timer);
  }, []);
  const tile = coarseOf(strip, wish, shown);
  if (!tile || !(isDragged || isLate)) return null;
  return <Shown {...{ editor, strip, size, tile }} />;
}

type ShownProps = Pick<Props, 'editor' | 'strip' | 'size'> & {
  tile: NonNullable<ReturnType<typeof coarseOf>>;
};

function Shown({ editor, strip, size, tile }: ShownProps) {
  const { x, y, scale } = useSyncExternalStore(editor.subscribe, () => editor.viewport);
  // With the frame, not after it: a key pressed between them would be lost.
  useLayoutEffect(() => {
    editor.cover(true);
    return () => editor.cover(false);
  }, [editor]);
  const [width, height] = [size.width * scale, size.height * scale];
  return (
    <div className={css.coarse} data-coarse={tile.frame} aria-hidden>
      <div
        className={css.coarsePicture}
        style={{
          left: x,
          top: y,
          width,
          height,
          backgroundImage: `url(${strip.url})`,
          ...laidOver(strip, tile, { width, height }),
        }}
      />
      <span className={css.coarseNote}>{words.coarse(tile.frame + 1)}</span>
    </div>
  );
}
