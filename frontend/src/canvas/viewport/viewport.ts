/** Where the picture lies on the screen: a scale (CSS pixels per image pixel) and an offset. Pure values. */

import type { Box } from '../geometry/box';
import {
  clamp,
  imagePoint,
  screenPoint,
  type ImagePoint,
  type ScreenPoint,
  type Size,
} from '../geometry/points';

export type Viewport = {
  /** CSS pixels per image pixel. */
  readonly scale: number;
  /** Screen position of the image's origin. */
  readonly x: number;
  readonly y: number;
  /** The container, CSS pixels. */
  readonly width: number;
  readonly height: number;
};

/** 64 screen pixels a pixel is enough to place a vertex; below 1 % nothing can be told apart. */
export const SCALE_MAX = 64;
export const SCALE_MIN = 0.01;
/** At least this much of the picture stays in sight when panning, CSS pixels. */
const KEEP_IN_SIGHT_PX = 48;
const FIT_MARGIN_PX = 24;

export function viewportOf(size: Size): Viewport {
  return { scale: 1, x: 0, y: 0, width: size.width, height: size.height };
}

export function toScreen(view: Viewport, point: ImagePoint): ScreenPoint {
  return screenPoint(point.x * view.scale + view.x, point.y * view.scale + view.y);
}

export function toImage(view: Viewport, point: ScreenPoint): ImagePoint {
  return imagePoint((point.x - view.x) / view.scale, (point.y - view.y) / view.scale);
}

/** The part of image space that the container shows (may reach past the picture). */
export function visibleBox(view: Viewport): Box {
  const a = toImage(view, screenPoint(0, 0));
  const b = toImage(view, screenPoint(view.width, view.height));
  return { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
}

/** Zooms by `factor` so that the image point under `at` stays under it. */
export function zoomAt(view: Viewport, factor: number, at: ScreenPoint): Viewport {
  const scale = clamp(view.scale * factor, SCALE_MIN, SCALE_MAX);
  const real = scale / view.scale;
  return { ...view, scale, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real };
}

export function panBy(view: Viewport, dx: number, dy: number): Viewport {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Keeps a strip of the picture in sight, so that nobody loses it by panning. */
export function keepInSight(view: Viewport, image: Size): Viewport {
  const hold = (at: number, span: number, room: number): number => {
    const strip = Math.min(KEEP_IN_SIGHT_PX, span, room);
    return clamp(at, strip - span, room - strip);
  };
  return {
    ...view,
    x: hold(view.x, image.width * view.scale, view.width),
    y: hold(view.y, image.height * view.scale, view.height),
  };
}

/** Shows `box` whole and centred, with a margin. */
export function fitBox(view: Viewport, box: Box, marginPx = FIT_MARGIN_PX, scaleMax = SCALE_MAX): Viewport {
  const width = Math.max(box.x2 - box.x1, 1e-6);
  const height = Math.max(box.y2 - box.y1, 1e-6);
  const roomX = Math.max(view.width - 2 * marginPx, 1);
  const roomY = Math.max(view.height - 2 * marginPx, 1);
  const scale = clamp(Math.min(roomX / width, roomY / height), SCALE_MIN, scaleMax);
  return {
    ...view,
    scale,
    x: view.width / 2 - ((box.x1 + box.x2) / 2) * scale,
    y: view.height / 2 - ((box.y1 + box.y2) / 2) * scale,
  };
}

export function fitImage(view: Viewport, image: Size, marginPx = FIT_MARGIN_PX): Viewport {
  return fitBox(view, { x1: 0, y1: 0, x2: image.width, y2: image.height }, marginPx);
}

/** Keeps the picture's centre where it was when the container changes its size. */
export function resized(view: Viewport, size: Size): Viewport {
  return {
    ...view,
    width: size.width,
    height: size.height,
    x: view.x + (size.width - view.width) / 2,
    y: view.y + (size.height - view.height) / 2,
  };
}
