import { useEffect, useRef } from 'react';

import type { WireRegion } from '@/canvas/document/wire';
import { pathData } from '@/canvas/geometry/path-data';
import type { Size } from '@/canvas/geometry/points';
import { shapeFromWire, shapesBounds, type Shape } from '@/canvas/geometry/shape';
import { aimAt } from '@/lib/aim';

import css from './conflict.module.css';

const WIDTH = 208;
const HEIGHT = 132;
const MARGIN = 0.35;
/** A box of a few pixels is shown with this much of the picture round it, image pixels. */
const LEAST_PX = 24;

/** A track stands for itself where it begins. */
function shapeOf(row: WireRegion | null): Shape | null {
  if (!row) return null;
  const first = row.geometry.keyframes?.[0];
  return first ? shapeFromWire(row.geometry.of ?? 'box', first) : shapeFromWire(row.shape, row.geometry);
}

type Props = {
  /** The state that this picture is of; null: deleted. */
  row: WireRegion | null;
  /** The other side's, drawn faintly: both pictures show the same piece. */
  other: WireRegion | null;
  color: string;
  picture: CanvasImageSource | null;
  /** Of the whole picture, image pixels: `picture` may be a smaller copy of a large one. */
  size: Size;
};

/** One side's outline over its piece of the picture. */
export function Preview({ row, other, color, picture, size }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const node = canvas.current;
    const pen = node?.getContext('2d');
    const here = shapeOf(row);
    const there = shapeOf(other);
    const bounds = shapesBounds([here, there].filter((shape) => shape !== null));
    if (!node || !pen || !bounds) return;
    const ratio = window.devicePixelRatio || 1;
    node.width = WIDTH * ratio;
    node.height = HEIGHT * ratio;
    const scale = aimAt(pen, bounds, { margin: MARGIN, leastPx: LEAST_PX }) / ratio;
    if (picture) pen.drawImage(picture, 0, 0, size.width, size.height);
    const trace = (shape: Shape) => {
      return new Path2D(pathData(shape, 3 / scale));
    };
    const stroke = (shape: Shape, ink: string, width: number, dash: number[]) => {
      pen.setLineDash(dash.map((each) => each / scale));
      pen.lineWidth = width / scale;
      pen.strokeStyle = ink;
      pen.stroke(trace(shape));
    };
    if (there) stroke(there, 'rgb(255 255 255 / 55%)', 1, [3, 3]);
    if (here) {
      pen.globalAlpha = 0.2;
      pen.fillStyle = color;
      pen.fill(trace(here), 'evenodd');
      pen.globalAlpha = 1;
      stroke(here, 'rgb(0 0 0 / 70%)', 4, []);
      stroke(here, color, 2, []);
    }
  }, [row, other, color, picture, size]);
  return <canvas ref={canvas} className={css.preview} aria-hidden />;
}
