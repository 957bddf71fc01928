/** Bones between keypoints, and keypoints that are covered: what a skeleton has beside its dots. */

import { skeletonBones, type SkeletonShape, type SkeletonTemplate } from '../geometry/shapes/skeleton';

const CASING = 'rgba(8, 11, 15, 0.6)';
const HOLLOW_RADIUS_PX = 1.75;

/** `px`: one CSS pixel in image pixels; the context is in image space. */
export function paintBones(
  ctx: CanvasRenderingContext2D,
  shape: SkeletonShape,
  template: SkeletonTemplate | null,
  px: number,
  look: { readonly color: string; readonly selected: boolean },
): void {
  ctx.beginPath();
  for (const bone of skeletonBones(shape, template)) {
    bone.forEach(([x, y], index) => (index === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  }
  const strokes = look.selected ? ([['#ffffff', 4]] as const) : ([[CASING, 3.5]] as const);
  for (const [style, width] of [...strokes, [look.color, 2] as const]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width * px;
    ctx.stroke();
  }
}

/** A covered keypoint is hollow, so that it is told from a visible one without its colour. */
export function paintCovered(ctx: CanvasRenderingContext2D, shape: SkeletonShape, px: number): void {
  ctx.fillStyle = '#0b0e12';
  for (const { x, y, v } of shape.keypoints) {
    if (v !== 1) continue;
    ctx.beginPath();
    ctx.arc(x, y, HOLLOW_RADIUS_PX * px, 0, 2 * Math.PI);
    ctx.fill();
  }
}
