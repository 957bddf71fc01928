/** Grips of boxes, upright or turned, and of everything that is stretched by a box around it. */

import { boxCentre, type Box } from '../../geometry/box';
import { fromPair, imagePoint, rotateAbout, type ImagePoint, type Pair } from '../../geometry/points';
import { boxShape, type BoxShape } from '../../geometry/shapes/box';
import type { Viewport } from '../../viewport/viewport';
import { ROOM_PX, type Direction, type GripKind, type Handle } from './grip';

const DIRECTIONS: readonly Direction[] = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
];

const ROTATE_STEM_PX = 24;

function gripAt(box: BoxShape, [hx, hy]: Direction): ImagePoint {
  const [cx, cy] = boxCentre(box);
  const at: Pair = [cx + (hx * (box.x2 - box.x1)) / 2, cy + (hy * (box.y2 - box.y1)) / 2];
  return fromPair(rotateAbout(at, [cx, cy], box.rotation ?? 0));
}

/** Eight grips where there is room, and one above to turn by. */
export function boxHandles(box: BoxShape, view: Viewport, turnable: boolean): Handle[] {
  const width = (box.x2 - box.x1) * view.scale;
  const height = (box.y2 - box.y1) * view.scale;
  const handles: Handle[] = DIRECTIONS.filter(
    ([hx, hy]) => (hx !== 0 || width > ROOM_PX) && (hy !== 0 || height > ROOM_PX),
  ).map((dir) => ({ kind: 'resize', dir, at: gripAt(box, dir) }));
  if (turnable) handles.push(rotateHandle(box, view));
  return handles;
}

export function rotateHandle(box: BoxShape, view: Viewport): Handle {
  const stem = gripAt(box, [0, -1]);
  const up = rotateAbout([0, -ROTATE_STEM_PX / view.scale], [0, 0], box.rotation ?? 0);
  return { kind: 'rotate', stem, at: imagePoint(stem.x + up[0], stem.y + up[1]) };
}

/** `box` with the grip `dir` dragged to `to`; the opposite side stays where it is, turned boxes too. */
export function resizeBox(box: BoxShape, [hx, hy]: Direction, to: ImagePoint): BoxShape {
  const rotation = box.rotation ?? 0;
  const centre = boxCentre(box);
  const [px, py] = rotateAbout([to.x, to.y], centre, -rotation);
  const x1 = hx < 0 ? px : box.x1;
  const x2 = hx > 0 ? px : box.x2;
  const y1 = hy < 0 ? py : box.y1;
  const y2 = hy > 0 ? py : box.y2;
  const local: Box = {
    x1: Math.min(x1, x2),
    y1: Math.min(y1, y2),
    x2: Math.max(x1, x2),
    y2: Math.max(y1, y2),
  };
  const [mx, my] = boxCentre(local);
  const [wx, wy] = rotateAbout([mx, my], centre, rotation);
  const [dx, dy] = [wx - mx, wy - my];
  return boxShape({ x1: local.x1 + dx, y1: local.y1 + dy, x2: local.x2 + dx, y2: local.y2 + dy }, rotation);
}

/** Degrees clockwise that point a shape's top from `centre` to `to`, -180..180; `snap` rounds to 15. */
export function turnTowards([cx, cy]: Pair, to: ImagePoint, snap: boolean): number {
  const degrees = (Math.atan2(to.y - cy, to.x - cx) * 180) / Math.PI + 90;
  const step = snap ? 15 : 0.5;
  const rounded = Math.round(degrees / step) * step;
  return rounded > 180 ? rounded - 360 : rounded;
}

export const BOX_GRIPS: GripKind<BoxShape> = {
  handles: (shape, view) => boxHandles(shape, view, true),
  drag(shape, handle, to, snap) {
    if (handle.kind === 'resize') return resizeBox(shape, handle.dir, to);
    return handle.kind === 'rotate' ? boxShape(shape, turnTowards(boxCentre(shape), to, snap)) : null;
  },
};
