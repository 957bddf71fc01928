/** How the tools draw, chosen by the person and kept from picture to picture by the host. */

export type ToolOptions = {
  /** How a box is drawn: corner to corner, by its four extreme points, or turned (one edge, then the width). */
  readonly boxBy: 'drag' | 'extreme' | 'turned';
  /** What a drawn polygon becomes: an object of its own, or a part added to or taken from the selected ones. */
  readonly combine: 'new' | 'add' | 'subtract';
  /** Whether drawn and dragged points settle on near vertices, edges and the picture's border. */
  readonly snap: boolean;
  /** Diameter of brush and eraser, image pixels. */
  readonly brushPx: number;
  readonly brushShape: 'round' | 'square';
  /** What the smart tool makes where the label allows both. */
  readonly smartOutput: 'polygon' | 'mask';
  /** How far the points of its polygons may lie from the outline, image pixels. */
  readonly smartTolerancePx: number;
  /** Whether it shows what a click would find, while the pointer rests. */
  readonly smartGlances: boolean;
  /** How many frames a track is copied on to. */
  readonly holdFrames: number;
};

export const DEFAULT_OPTIONS: ToolOptions = {
  boxBy: 'drag',
  combine: 'new',
  snap: true,
  brushPx: 24,
  brushShape: 'round',
  smartOutput: 'polygon',
  smartTolerancePx: 1,
  smartGlances: true,
  holdFrames: 10,
};

export const HOLD_FRAMES_MAX = 10_000;

export const SMART_TOLERANCE_MIN_PX = 0.35;
export const SMART_TOLERANCE_MAX_PX = 16;

export const BRUSH_MIN_PX = 1;
export const BRUSH_MAX_PX = 1_000;

/** The next brush size up or down: by about a sixth, and never less than a pixel. */
export function brushStep(size: number, step: 1 | -1): number {
  const next = step > 0 ? Math.ceil(size * 1.18 + 0.01) : Math.floor(size / 1.18);
  return Math.min(BRUSH_MAX_PX, Math.max(BRUSH_MIN_PX, next));
}
