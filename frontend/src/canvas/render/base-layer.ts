/**
 * The picture and all shapes that are not selected, drawn crisp in slices of a few milliseconds onto a canvas
 * larger than the container, so that a gesture can move it by a CSS transform before it must be drawn again.
 */

import type { Item } from '../document/items';
import type { Size } from '../geometry/points';
import { visibleBox, type Viewport } from '../viewport/viewport';
import { pictureFilter } from './adjust';
import { layChips, paintChips } from './chips';
import { overlapsOf, paintOverlap } from './hatches';
import { paintShape, toImageSpace } from './paint';
import type { Scene } from './scene';
import { paintTiles } from './tiles';

/** How far the canvas reaches past the container on each side, as a share of its size. */
export const PAD_SHARE = 0.25;
/** From here on a picture pixel is a square one can point at: no smoothing. */
const NEAREST_FROM_SCALE = 4;
/** Above this many visible shapes the dark edge is left out: it doubles the strokes. */
const CASED_MAX = 800;
const SHAPES_A_SLICE = 100;
/** A hatch is clipped: it takes as long as several shapes. */
const OVERLAPS_A_SLICE = 20;
/** The browser draws what is recorded at the end of a task: more than this at once would make it a long one. */
const SHAPES_A_FRAME = 400;
/** The picture of a redraw is drawn in so many strips, one a frame. */
const STRIPS = 5;

export type BasePass = {
  readonly view: Viewport;
  /** Left to the top layer: the selection at the time. */
  readonly excluded: ReadonlySet<string>;
  readonly steps: Generator<Rest, void>;
};

/** After a step: go on where there is time, or wait for the next frame. */
export type Rest = 'time' | 'frame';

export function padOf(view: Viewport): readonly [number, number] {
  return [Math.round(view.width * PAD_SHARE), Math.round(view.height * PAD_SHARE)];
}

/** The view with the padding as part of the container: what the padded canvas shows. */
function paddedView(view: Viewport): Viewport {
  const [px, py] = padOf(view);
  const { width, height } = view;
  return { ...view, x: view.x + px, y: view.y + py, width: width + 2 * px, height: height + 2 * py };
}

/** Pixels of the source per picture pixel, across and down. */
function sourceScale(image: CanvasImageSource, { width, height }: Size): readonly [number, number] {
  const [w, h] =
    'naturalWidth' in image
      ? [image.naturalWidth, image.naturalHeight]
      : 'width' in image
        ? [image.width, image.height]
        : [];
  return typeof w === 'number' && typeof h === 'number' ? [w / width, h / height] : [1, 1];
}

/** The picture whole, or strip by strip: clipped, not cut, so that no seam shows. */
function* paintImage(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  view: Viewport,
  dpr: number,
  strips: number,
): Generator<Rest, void> {
  const { width, height } = ctx.canvas;
  for (let strip = 0; strip < strips; strip += 1) {
    const [top, bottom] = [strip, strip + 1].map((at) => Math.round((at * height) / strips));
    ctx.save();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.beginPath();
    ctx.rect(0, top ?? 0, width, (bottom ?? height) - (top ?? 0));
    ctx.clip();
    drawImage(ctx, scene, view, dpr);
    ctx.restore();
    if (strips > 1) yield 'frame';
  }
}

function drawImage(ctx: CanvasRenderingContext2D, scene: Scene, view: Viewport, dpr: number): void {
  const { image, imageSize } = scene;
  if (!image) return;
  const shown = visibleBox(view);
  const x1 = Math.max(0, Math.floor(shown.x1));
  const y1 = Math.max(0, Math.floor(shown.y1));
  const width = Math.min(imageSize.width, Math.ceil(shown.x2)) - x1;
  const height = Math.min(imageSize.height, Math.ceil(shown.y2)) - y1;
  if (width <= 0 || height <= 0) return;
  toImageSpace(ctx, view, dpr);
  ctx.imageSmoothingEnabled = view.scale < NEAREST_FROM_SCALE;
  ctx.imageSmoothingQuality = 'medium';
  ctx.filter = pictureFilter(scene.display);
  // Of a large picture `image` is a smaller copy; tiles lie on top of it as they come.
  const [kx, ky] = sourceScale(image, imageSize);
  ctx.drawImage(image, x1 * kx, y1 * ky, width * kx, height * ky, x1, y1, width, height);
  const scale = view.scale * dpr;
  if (scene.tiles && scale > kx)
    paintTiles(ctx, scene.tiles, { x1, y1, x2: x1 + width, y2: y1 + height }, scale);
  ctx.filter = 'none';
}

function* paint(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  view: Viewport,
  dpr: number,
  excluded: ReadonlySet<string>,
  strips: number,
): Generator<Rest, void> {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  yield* paintImage(ctx, scene, view, dpr, strips);
  if (!scene.display.shapes) return;
  const items = scene.itemSet.within(visibleBox(view)).filter((item) => !excluded.has(item.id));
  const cased = items.length <= CASED_MAX;
  toImageSpace(ctx, view, dpr);
  for (const [index, item] of items.entries()) {
    const { color, skeleton } = scene.styleOf(item.labelId);
    const look = {
      kind: item.kind,
      color,
      skeleton,
      selected: false,
      cased,
      locked: item.locked,
      fill: scene.display.fill,
    };
    paintShape(ctx, item.shape, view.scale, look);
    if (strips > 1 && index % SHAPES_A_FRAME === SHAPES_A_FRAME - 1) yield 'frame';
    else if (index % SHAPES_A_SLICE === SHAPES_A_SLICE - 1) yield 'time';
  }
  yield* paintHatches(ctx, scene, items, view, dpr);
  if (scene.display.chips !== 'all') return;
  if (strips > 1) yield 'frame';
  paintNames(ctx, scene, items, view, dpr);
}

/** Nothing is hatched where nothing is filled. */
function* paintHatches(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  items: readonly Item[],
  view: Viewport,
  dpr: number,
): Generator<Rest, void> {
  const overlaps = scene.display.fill > 0 ? overlapsOf(items) : [];
  for (const [index, overlap] of overlaps.entries()) {
    paintOverlap(ctx, overlap, (id) => scene.styleOf(id), view.scale * dpr, dpr);
    if (index % OVERLAPS_A_SLICE === OVERLAPS_A_SLICE - 1) yield 'time';
  }
}

function paintNames(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  items: readonly Item[],
  view: Viewport,
  dpr: number,
): void {
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  const entries = items.map((item) => ({ item, shape: item.shape, style: scene.styleOf(item.labelId) }));
  paintChips(ctx, layChips(ctx, entries, view, false));
}

/**
 * Starts a pass over a canvas of the padded size; `steps` is run a slice at a time. `atOnce`: a new picture is
 * waited for, and is shown in as few frames as can be; a redraw leaves the frames to whoever works.
 */
export function startBasePass(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  dpr: number,
  { atOnce = true } = {},
): BasePass {
  const view = scene.viewport;
  const excluded = new Set(scene.selection);
  const steps = paint(ctx, scene, paddedView(view), dpr, excluded, atOnce ? 1 : STRIPS);
  return { view, excluded, steps };
}
