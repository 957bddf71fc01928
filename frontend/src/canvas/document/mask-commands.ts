/** Commands on masks: painted, filled, made of outlines and turned into polygons. */

import { ringsToSpans } from '../geometry/raster';
import { shapeOutline } from '../geometry/shape';
import { maskShape, maskSpans, type MaskShape } from '../geometry/shapes/mask';
import { fillHoles, subtract, unite, type Spans } from '../geometry/spans';
import { OUTLINE_TOLERANCE_PX, spansToPolygons } from '../geometry/trace';
import type { DocState, Region } from './model';
import { commandOf, drop, put, type Command, type Patch } from './patches';
import { inPieces } from './shape-commands';

export type MaskRegion = Region & { readonly shape: MaskShape };

const found = (state: DocState, ids: Iterable<string>): Region[] =>
  [...ids]
    .map((id) => state.regions.get(id))
    .filter((region) => region !== undefined && !region.locked) as Region[];

export function masksOf(state: DocState, ids: Iterable<string>): MaskRegion[] {
  return found(state, ids).filter((region): region is MaskRegion => region.shape.type === 'mask');
}

function withSpans(region: Region, spans: Spans): Patch[] {
  const shape = maskShape(spans);
  if (!shape) return [drop('regions', region)];
  if (JSON.stringify(shape) === JSON.stringify(region.shape)) return [];
  return [put('regions', region, { ...region, shape, source: 'person' })];
}

/** Paints into masks, or rubs out of them; a mask rubbed out whole is gone. */
export function paintMasks(
  state: DocState,
  ids: Iterable<string>,
  spans: Spans,
  how: 'add' | 'subtract',
): Command | null {
  const change = how === 'add' ? unite : subtract;
  return commandOf(
    how === 'add' ? 'Paint' : 'Rub out',
    masksOf(state, ids).flatMap((region) => withSpans(region, change(maskSpans(region.shape), spans))),
  );
}

export function fillMasks(state: DocState, ids: Iterable<string>): Command | null {
  return commandOf(
    'Fill holes',
    masksOf(state, ids).flatMap((region) => withSpans(region, fillHoles(maskSpans(region.shape)))),
  );
}

/** All of them in the first; null for fewer than two. */
export function joinMasks(state: DocState, ids: Iterable<string>): Command | null {
  const [first, ...rest] = masksOf(state, ids);
  if (!first || rest.length === 0) return null;
  const all = rest.reduce((sum, region) => unite(sum, maskSpans(region.shape)), maskSpans(first.shape));
  return commandOf('Join', [...withSpans(first, all), ...rest.map((region) => drop('regions', region))]);
}

/** Areas that are no masks yet, as pixels. `allowed`: whether a label takes masks. */
export function toMasks(
  state: DocState,
  ids: Iterable<string>,
  allowed: (labelId: string) => boolean,
): Command | null {
  const areas = found(state, ids).filter(
    ({ shape, labelId }) => ['polygon', 'box', 'ellipse'].includes(shape.type) && allowed(labelId),
  );
  return commandOf(
    'Turn into mask',
    areas.flatMap((region) => {
      const shape = maskShape(ringsToSpans(shapeOutline(region.shape).rings));
      return shape ? [put('regions', region, { ...region, shape, source: 'person' })] : [];
    }),
  );
}

/** One polygon an island: the first keeps the region's id. */
export function toPolygons(
  state: DocState,
  ids: Iterable<string>,
  allowed: (labelId: string) => boolean,
  tolerance = OUTLINE_TOLERANCE_PX,
): Command | null {
  return commandOf(
    'Turn into polygon',
    masksOf(state, ids)
      .filter((region) => allowed(region.labelId))
      .flatMap((region) => inPieces(state, region, spansToPolygons(maskSpans(region.shape), tolerance))),
  );
}
