import { useEffect, useRef, useState } from 'react';

import { pathData } from '@/canvas/geometry/path-data';
import { shapeBounds, shapeFromWire } from '@/canvas/geometry/shape';
import { aimAt } from '@/lib/aim';
import type { PictureCache } from '@/lib/pictures';
import type { GridSuggestion } from '@/types/annotation';

import css from './review.module.css';

const SIDE_PX = 288;
const MARGIN = 0.2;
const SMALLEST_PX = 24;
const DOT_PX = 3;

type Props = { suggestion: GridSuggestion; color: string; pictures: PictureCache };

/** The object with a little around it and its outline; the whole picture for tags. */
export function Crop({ suggestion, color, pictures }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isNear, setNear] = useState(false);

  useEffect(() => {
    const element = canvas.current;
    if (!element || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        setNear(true);
        observer.disconnect();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!isNear) return;
    let isGone = false;
    const { image_url, thumbnail_url, kind } = suggestion.asset;
    const isWhole = suggestion.shape === 'tag' || kind === 'video';
    pictures
      .get(isWhole ? thumbnail_url : image_url)
      .then((bitmap) => {
        const pen = canvas.current?.getContext('2d');
        if (!isGone && pen) paint(pen, bitmap, isWhole ? null : suggestion, color);
      })
      // The place stays empty; label and score are still told below it.
      .catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [isNear, suggestion, color, pictures]);

  return <canvas ref={canvas} className={css.crop} width={SIDE_PX} height={SIDE_PX} aria-hidden />;
}

function paint(
  pen: CanvasRenderingContext2D,
  bitmap: ImageBitmap,
  suggestion: GridSuggestion | null,
  color: string,
): void {
  const shape = suggestion && shapeFromWire(suggestion.shape, suggestion.geometry);
  const bounds = shape ? shapeBounds(shape) : { x1: 0, y1: 0, x2: bitmap.width, y2: bitmap.height };
  const scale = aimAt(pen, bounds, shape ? { margin: MARGIN, leastPx: SMALLEST_PX } : {});
  if (!suggestion || !shape) {
    pen.drawImage(bitmap, 0, 0);
    return;
  }
  // Of a large picture the bitmap is a smaller copy; the shape is in the picture's own pixels.
  pen.drawImage(bitmap, 0, 0, suggestion.asset.width, suggestion.asset.height);
  const path = new Path2D(pathData(shape, DOT_PX / scale));
  for (const [style, width] of [
    ['rgb(0 0 0 / 55%)', 4],
    [color, 2],
  ] as const) {
    pen.strokeStyle = style;
    pen.lineWidth = width / scale;
    pen.stroke(path);
  }
}
