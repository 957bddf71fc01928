/** What lies on the canvas at one moment: regions, open suggestions and, in video, tracks at the frame. */

import { SpatialIndex } from '../geometry/spatial-index';
import { boxArea, boxGrow, type Box } from '../geometry/box';
import type { ImagePoint } from '../geometry/points';
import { distanceToOutline, shapeArea, shapeBounds, shapeContains, type Shape } from '../geometry/shape';
import { isShown, type DocState, type Suggestion } from './model';
import { trackAt } from './tracks';

export type ItemKind = 'region' | 'suggestion' | 'track';

export type Item = {
  readonly id: string;
  readonly kind: ItemKind;
  readonly labelId: string;
  readonly shape: Shape;
  /** 0..1 where a model had a part in it. */
  readonly score: number | null;
  readonly locked: boolean;
  readonly occluded: boolean;
};

export type ItemFilter = {
  /** The frame shown, null for a still image. */
  readonly frame: number | null;
  /** Suggestions below this score are not shown. */
  readonly threshold: number;
};

/** Visible items in drawing order: suggestions below, then regions by z, then tracks. */
export function itemsOf(state: DocState, filter: ItemFilter): Item[] {
  const items: Item[] = [];
  for (const suggestion of state.suggestions.values()) {
    const { id, labelId, score } = suggestion;
    const shape = isShown(suggestion, filter.threshold) ? suggestedShape(suggestion, filter.frame) : null;
    if (!shape) continue;
    items.push({ id, kind: 'suggestion', labelId, shape, score, locked: false, occluded: false });
  }
  const regions = [...state.regions.values()].filter((region) => !region.hidden);
  regions.sort((a, b) => a.zIndex - b.zIndex || (a.id < b.id ? -1 : 1));
  for (const { id, labelId, shape, score, locked, occluded } of regions) {
    items.push({ id, kind: 'region', labelId, shape, score, locked, occluded });
  }
  if (filter.frame === null) return items;
  for (const track of state.tracks.values()) {
    const place = track.hidden ? null : trackAt(track, filter.frame);
    if (!place?.shape || place.outside) continue;
    const { id, labelId, locked } = track;
    const { occluded, shape } = place;
    items.push({ id, kind: 'track', labelId, shape, score: null, locked, occluded });
  }
  return items;
}

/** Where a suggestion is at a frame; null where it is not to be seen. */
export function suggestedShape({ shape, track }: Suggestion, frame: number | null): Shape | null {
  if (!track || frame === null) return shape;
  const place = trackAt({ keyframes: track }, frame);
  return place && !place.outside ? place.shape : null;
}

/** How large a shape is to one who points at it: a skeleton counts as its box, unless a keypoint is meant. */
function extent(shape: Shape, point: ImagePoint, reach: number): number {
  const area = shapeArea(shape);
  if (area > 0 || !shapeContains(shape, point)) return area;
  return distanceToOutline(shape, point) <= reach ? 0 : boxArea(shapeBounds(shape));
}

/** Items with what finding them needs; made anew after each change of the document. */
export class ItemSet {
  private readonly byId: ReadonlyMap<string, Item>;
  private index: SpatialIndex<Item> | null = null;

  constructor(readonly all: readonly Item[]) {
    this.byId = new Map(all.map((item) => [item.id, item]));
  }

  get(id: string): Item | undefined {
    return this.byId.get(id);
  }

  /** Items whose bounds touch `window`, in drawing order. */
  within(window: Box): Item[] {
    this.index ??= new SpatialIndex(
      this.all.map((item) => ({ value: item, bounds: shapeBounds(item.shape) })),
    );
    return this.index.query(window);
  }

  /**
   * What a person means by pointing at `point`: of the items under it, or within `reach` image pixels of
   * its outline, the smallest (a helmet in a person), the uppermost among equals.
   */
  hit(point: ImagePoint, reach: number): Item | null {
    const window = boxGrow({ x1: point.x, y1: point.y, x2: point.x, y2: point.y }, reach);
    let best: Item | null = null;
    let bestArea = Infinity;
    for (const item of this.within(window)) {
      const inside = shapeContains(item.shape, point);
      if (!inside && distanceToOutline(item.shape, point) > reach) continue;
      const area = extent(item.shape, point, reach);
      if (area <= bestArea) [best, bestArea] = [item, area];
    }
    return best;
  }
}
