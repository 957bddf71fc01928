/** What the renderer reads of the editor at each frame. */

import type { ItemSet } from '../document/items';
import type { ScreenPoint, Size } from '../geometry/points';
import type { Shape } from '../geometry/shape';
import type { SkeletonTemplate } from '../geometry/shapes/skeleton';
import type { Draft } from '../tools/tool';
import type { Viewport } from '../viewport/viewport';
import type { Minimap } from './minimap';
import type { LabelStyle } from './paint';
import type { TileSource } from './tiles';

export type ChipMode = 'all' | 'selected' | 'none';

export type Display = {
  readonly chips: ChipMode;
  /** Shapes can be put away to look at the bare picture. */
  readonly shapes: boolean;
  /** Of the picture alone; 1 leaves it as it is. */
  readonly brightness: number;
  readonly contrast: number;
  /** One channel in grey, their luminance, or the picture in colour. */
  readonly channel: 'all' | 'red' | 'green' | 'blue' | 'grey';
  /** How much a shape's colour covers what is inside it, 0..1. */
  readonly fill: number;
  readonly rulers: boolean;
  readonly minimap: boolean;
  readonly crosshair: boolean;
};

export const PLAIN_DISPLAY: Display = {
  chips: 'all',
  shapes: true,
  brightness: 1,
  contrast: 1,
  channel: 'all',
  fill: 0.1,
  rulers: false,
  minimap: true,
  crosshair: true,
};

export interface Scene {
  readonly viewport: Viewport;
  readonly image: CanvasImageSource | null;
  readonly imageSize: Size;
  /** Of a large picture, of which `image` is a smaller copy. */
  readonly tiles: TileSource | null;
  /** Grows as tiles arrive. */
  readonly tilesCame: number;
  readonly itemSet: ItemSet;
  readonly selection: readonly string[];
  readonly preview: ReadonlyMap<string, Shape> | null;
  readonly hovered: string | null;
  readonly display: Display;
  /** Where the pointer is, for the crosshair of drawing tools. */
  readonly pointerAt: ScreenPoint | null;
  draft(): Draft;
  /** Where the minimap lies; null where none is shown. */
  minimap(): Minimap | null;
  styleOf(labelId: string): LabelStyle;
  currentStyle(): LabelStyle;
  /** Of the label that the next skeleton gets. */
  skeletonTemplate(): SkeletonTemplate | null;
  showsCrosshair(): boolean;
  showsHandles(): boolean;
}
