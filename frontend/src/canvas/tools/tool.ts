/** What a tool is given and what it must answer. A tool is one small state machine; `path` names its state. */

import type { Item } from '../document/items';
import type { Box } from '../geometry/box';
import type { ImagePoint, Pair, ScreenPoint, Size } from '../geometry/points';
import type { Ring } from '../geometry/polygon';
import type { Brush } from '../geometry/raster';
import type { Shape, ShapeType } from '../geometry/shape';
import type { SkeletonTemplate } from '../geometry/shapes/skeleton';
import type { Spans } from '../geometry/spans';
import type { Viewport } from '../viewport/viewport';
import type { ToolOptions } from './options';

export type ToolName =
  | 'select'
  | 'box'
  | 'polygon'
  | 'polyline'
  | 'points'
  | 'ellipse'
  | 'cuboid'
  | 'skeleton'
  | 'brush'
  | 'eraser'
  | 'cut'
  | 'measure'
  | 'smart'
  | 'pan';

export type PointerInput = {
  readonly type: 'down' | 'move' | 'up' | 'double';
  readonly screen: ScreenPoint;
  readonly image: ImagePoint;
  /** 0 left, 1 middle, 2 right. */
  readonly button: number;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
};

/** `Next`, `Previous`: among what is offered to choose from. */
export type ToolKey = 'Enter' | 'Backspace' | 'Next' | 'Previous';

export type MarkStyle = 'vertex' | 'first' | 'in' | 'out' | 'snap';

/** What a tool shows before anything is in the document. Image pixels. */
export type Draft = {
  readonly shapes: readonly { readonly shape: Shape; readonly style: 'new' | 'smart' | 'glance' }[];
  /** An open chain of vertices (a polygon on its way), the last one following the pointer. */
  readonly chain: readonly Pair[];
  readonly marks: readonly { readonly at: ImagePoint; readonly style: MarkStyle }[];
  readonly marquee: Box | null;
  /** Words beside a place, such as a length. */
  readonly notes: readonly { readonly at: ImagePoint; readonly text: string }[];
  /** A stroke of the brush before it is pixels. */
  readonly stroke: (Brush & { readonly points: readonly Pair[]; readonly erases: boolean }) | null;
  /** The brush where the pointer is. */
  readonly tip: (Brush & { readonly at: Pair }) | null;
};

export const NO_DRAFT: Draft = {
  shapes: [],
  chain: [],
  marks: [],
  marquee: null,
  notes: [],
  stroke: null,
  tip: null,
};

/** The part of the editor a tool may touch. */
export interface ToolHost {
  readonly viewport: Viewport;
  readonly imageSize: Size;
  readonly selection: readonly string[];
  readonly options: ToolOptions;
  selectedItems(): Item[];
  /** The item under a point, with a few screen pixels of reach. */
  hit(point: ImagePoint): Item | null;
  itemsWithin(window: Box): Item[];
  /** The object with all members of its group. */
  groupOf(id: string): readonly string[];
  /** The skeleton of the label that the next one would get, null where no label has one. */
  skeletonTemplate(): SkeletonTemplate | null;
  /** Whether a label takes a shape; of the next object's label where none is named. */
  takes(shape: ShapeType, labelId?: string): boolean;
  select(ids: readonly string[]): void;
  /** Lights an item up. */
  hover(id: string | null): void;
  /** Shapes shown instead of the document's while a gesture lasts; null ends it. */
  setPreview(shapes: ReadonlyMap<string, Shape> | null): void;
  /** One command for all; a suggestion among them becomes a mended region, a track gets a keyframe. */
  commitShapes(shapes: ReadonlyMap<string, Shape>, name: string): void;
  /** Adds a region (a track in video) of the current label and selects it; too small a shape is dropped. */
  create(shape: Shape, name: string): void;
  /** Puts a drawn ring to the selected polygons, or takes it away from them. False where it is to be its own object. */
  combine(ring: Ring, how: 'add' | 'subtract'): boolean;
  /** Paints pixels into the selected masks or a new one, or rubs them out of the selected ones. */
  paint(spans: Spans, how: 'add' | 'subtract'): void;
  /** Cuts the selected polygons, or those it crosses, along a chain of points. */
  cutAlong(chain: Ring): void;
  panBy(dx: number, dy: number): void;
  /** The draft or the state path changed. */
  touch(): void;
}

export interface Tool {
  readonly name: ToolName;
  readonly path: string;
  pointer(input: PointerInput): void;
  /** Returns whether the key meant something to the tool. */
  key(key: ToolKey): boolean;
  /** The pointer was taken away (a second finger, the system): what its press began is dropped, no more. Absent: all of it. */
  interrupt?(): void;
  /** The pointer left the canvas. */
  away?(): void;
  /** Esc: drops what is under way and restores. Returns false when there was nothing. */
  cancel(): boolean;
  draft(): Draft;
  cursor(): string;
}

/** A press becomes a drag only past this, CSS pixels: hands tremble. */
export const DRAG_PX = 3;
/** Reach of handles, first points and outlines, CSS pixels. */
export const REACH_PX = 7;

export function isDrag(from: ScreenPoint, to: ScreenPoint): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) > DRAG_PX;
}
