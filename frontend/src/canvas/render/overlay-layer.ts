/** The small layer on top, drawn at every frame: the selection with its grips, drafts, marquee, crosshair. */

import type { Item } from '../document/items';
import { fromPair } from '../geometry/points';
import { type Shape } from '../geometry/shape';
import { handlesOf } from '../tools/handles';
import type { Draft } from '../tools/tool';
import { toScreen } from '../viewport/viewport';
import { layChips, paintChips } from './chips';
import { paintMinimap } from './minimap';
import { paintNote } from './notes';
import { paintMark } from './marks';
import { paintHandle, paintHover, paintLine, paintShape, toImageSpace } from './paint';
import { paintRulers } from './rulers';
import type { Scene } from './scene';

/** Grips of a selection larger than this would hide it. */
const HANDLES_MAX = 600;

/**
 * `stale`: ids the layer below left out. Those that are selected no more are drawn here in its manner until
 * it has caught up, so nothing blinks.
 */
export function paintOverlay(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  dpr: number,
  stale: ReadonlySet<string>,
): void {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  const view = scene.viewport;
  if (scene.display.shapes) paintSelection(ctx, scene, dpr, stale);
  paintDraft(ctx, scene, dpr);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  if (scene.pointerAt && scene.showsCrosshair()) {
    const { x, y } = scene.pointerAt;
    paintCrosshair(ctx, Math.round(x) + 0.5, Math.round(y) + 0.5, view.width, view.height);
  }
  const map = scene.minimap();
  if (map) paintMinimap(ctx, map, view, scene.image);
  if (scene.display.rulers) paintRulers(ctx, view, scene.imageSize, scene.pointerAt);
}

function paintSelection(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  dpr: number,
  stale: ReadonlySet<string>,
): void {
  const view = scene.viewport;
  const selected = new Set(scene.selection);
  const shapeOf = (item: Item): Shape => scene.preview?.get(item.id) ?? item.shape;
  const drawn = [...new Set([...stale, ...selected])]
    .map((id) => scene.itemSet.get(id))
    .filter((item) => item !== undefined);
  toImageSpace(ctx, view, dpr);
  for (const item of drawn) {
    const { color, skeleton } = scene.styleOf(item.labelId);
    const look = {
      kind: item.kind,
      color,
      skeleton,
      selected: selected.has(item.id),
      cased: true,
      locked: item.locked,
      fill: scene.display.fill,
    };
    paintShape(ctx, shapeOf(item), view.scale, look);
  }
  const hovered = scene.hovered === null ? undefined : scene.itemSet.get(scene.hovered);
  if (hovered && !selected.has(hovered.id)) paintHover(ctx, hovered.shape, view.scale);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  const chosen = drawn
    .filter((item) => selected.has(item.id))
    .map((item) => ({ ...item, shape: shapeOf(item) }));
  const handles = scene.showsHandles() ? handlesOf(chosen, view) : [];
  if (scene.display.chips !== 'none') {
    const turn = chosen.length === 1 && handles.find((handle) => handle.kind === 'rotate');
    const grip = turn ? toScreen(view, turn.at) : undefined;
    const entries = chosen.map((item) => ({
      item,
      shape: item.shape,
      style: scene.styleOf(item.labelId),
      grip,
    }));
    paintChips(ctx, layChips(ctx, entries, view, chosen.length <= 20));
  }
  const [first] = chosen;
  if (!first) return;
  const { color } = scene.styleOf(first.labelId);
  if (handles.length > HANDLES_MAX) return;
  if (chosen.length > 1) paintGroupFrame(ctx, scene, handles);
  for (const handle of handles) paintHandle(ctx, handle, view, chosen.length > 1 ? '#64748b' : color);
}

function paintGroupFrame(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  handles: ReturnType<typeof handlesOf>,
): void {
  const corners = handles
    .filter((handle) => handle.kind === 'resize' && handle.dir[0] !== 0 && handle.dir[1] !== 0)
    .map((handle) => toScreen(scene.viewport, handle.at));
  const [first] = corners;
  if (first) paintLine(ctx, [...corners, first], '#ffffff', [4, 4]);
}

/** Painted over a mask its colour must not double; rubbed out, the picture must show: so first away, then anew. */
function paintStroke(ctx: CanvasRenderingContext2D, { stroke }: Draft, color: string): void {
  if (!stroke) return;
  const path = new Path2D();
  const [first = [0, 0]] = stroke.points;
  path.moveTo(first[0], first[1]);
  for (const [x, y] of stroke.points) path.lineTo(x, y);
  ctx.lineWidth = stroke.px;
  ctx.lineCap = stroke.shape === 'round' ? 'round' : 'square';
  ctx.lineJoin = stroke.shape === 'round' ? 'round' : 'miter';
  ctx.globalCompositeOperation = 'destination-out';
  ctx.stroke(path);
  ctx.globalCompositeOperation = 'source-over';
  ctx.strokeStyle = stroke.erases ? 'rgba(255, 255, 255, 0.18)' : color;
  ctx.globalAlpha = stroke.erases ? 1 : 0.4;
  ctx.stroke(path);
  ctx.globalAlpha = 1;
  ctx.lineCap = 'butt';
}

/** The brush's rim, light on dark, so that it shows on any picture. */
function paintTip(ctx: CanvasRenderingContext2D, { tip }: Draft, scale: number): void {
  if (!tip) return;
  const [x, y] = tip.at;
  const radius = tip.px / 2;
  for (const [style, width] of [
    ['rgba(8, 11, 15, 0.7)', 3],
    ['#ffffff', 1.25],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width / scale;
    ctx.beginPath();
    if (tip.shape === 'round') ctx.arc(x, y, radius, 0, 2 * Math.PI);
    else ctx.rect(x - radius, y - radius, tip.px, tip.px);
    ctx.stroke();
  }
}

function paintDraft(ctx: CanvasRenderingContext2D, scene: Scene, dpr: number): void {
  const draft = scene.draft();
  const view = scene.viewport;
  const { color } = scene.currentStyle();
  const skeleton = scene.skeletonTemplate();
  toImageSpace(ctx, view, dpr);
  paintStroke(ctx, draft, color);
  if (scene.pointerAt) paintTip(ctx, draft, view.scale);
  for (const { shape, style } of draft.shapes) {
    const kind = style === 'new' ? 'region' : 'suggestion';
    paintShape(ctx, shape, view.scale, {
      kind,
      color,
      skeleton,
      selected: style === 'smart',
      cased: true,
      locked: false,
      fill: scene.display.fill,
    });
  }
  if (draft.marquee) {
    const { x1, y1, x2, y2 } = draft.marquee;
    ctx.fillStyle = 'rgba(120, 170, 255, 0.16)';
    ctx.fillRect(x1, y1, x2 - x1, y2 - y1);
    ctx.strokeStyle = '#9cc2ff';
    ctx.lineWidth = 1 / view.scale;
    ctx.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  if (draft.chain.length > 1) {
    paintLine(
      ctx,
      draft.chain.map((pair) => toScreen(view, fromPair(pair))),
      color,
    );
  }
  for (const { at, style } of draft.marks) paintMark(ctx, toScreen(view, at), style, color);
  for (const { at, text } of draft.notes) paintNote(ctx, toScreen(view, at), text);
}

function paintCrosshair(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  ctx.beginPath();
  ctx.moveTo(0, y);
  ctx.lineTo(width, y);
  ctx.moveTo(x, 0);
  ctx.lineTo(x, height);
  ctx.strokeStyle = 'rgba(8, 11, 15, 0.55)';
  ctx.lineWidth = 3;
  ctx.stroke();
  ctx.strokeStyle = 'rgba(255, 255, 255, 0.9)';
  ctx.lineWidth = 1;
  ctx.stroke();
}
