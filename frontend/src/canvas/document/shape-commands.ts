/** Commands that make new polygons of old ones: joined, taken from, parted. */

import { cutPolygon, joinPolygons, subtractPolygons } from '../geometry/boolean';
import { polygonArea, type Ring } from '../geometry/polygon';
import { polygonShape, type PolygonShape } from '../geometry/shapes/paths';
import { regionOf } from './commands';
import type { DocState, Region } from './model';
import { commandOf, drop, put, type Command, type Patch } from './patches';

/** Less than this taken away is nothing, square image pixels. */
const UNTOUCHED_PX2 = 0.01;

const areaOf = (shapes: readonly PolygonShape[]): number =>
  shapes.reduce((sum, { points, holes }) => sum + polygonArea(points, holes), 0);

type PolygonRegion = Region & { readonly shape: PolygonShape };

export function polygonsOf(state: DocState, ids: Iterable<string>): PolygonRegion[] {
  return [...ids]
    .map((id) => state.regions.get(id))
    .filter((region): region is PolygonRegion => region?.shape.type === 'polygon' && !region.locked);
}

/** The region keeps its id with the largest piece; the others are its twins beside it. */
export function inPieces(state: DocState, region: Region, pieces: readonly PolygonShape[]): Patch[] {
  // The largest goes on as what it was: a sliver is no successor.
  const [first, ...rest] = [...pieces].sort((a, b) => areaOf([b]) - areaOf([a]));
  if (!first) return [drop('regions', region)];
  const { labelId, attributes, occluded, groupId } = region;
  const twins = rest.map((shape, index) =>
    put('regions', null, regionOf(state, { labelId, attributes, occluded, groupId, shape }, index)),
  );
  return [put('regions', region, { ...region, shape: first, source: 'person' }), ...twins];
}

/** Null where fewer than two polygons are given, or they do not touch: nothing is joined across a gap. */
export function joinRegions(state: DocState, ids: Iterable<string>): Command | null {
  const [first, ...rest] = polygonsOf(state, ids);
  if (!first || rest.length === 0) return null;
  const joined = joinPolygons([first, ...rest].map((region) => region.shape));
  const [shape] = joined;
  if (!shape || joined.length > 1) return null;
  const kept: Region = { ...first, shape, source: 'person' };
  return commandOf('Join', [put('regions', first, kept), ...rest.map((region) => drop('regions', region))]);
}

/** Parts the polygons along a chain; those it does not part stay as they are. */
export function cutRegions(state: DocState, ids: Iterable<string>, chain: Ring): Command | null {
  const patches = polygonsOf(state, ids).flatMap((region) => {
    const pieces = cutPolygon(region.shape, chain);
    return pieces.length > 1 ? inPieces(state, region, pieces) : [];
  });
  return commandOf('Cut', patches);
}

/** Adds a ring to the first of the polygons that it touches, or takes it from all of them. */
export function combineRing(
  state: DocState,
  ids: Iterable<string>,
  ring: Ring,
  how: 'add' | 'subtract',
): Command | null {
  const drawn = polygonShape(ring);
  const regions = polygonsOf(state, ids);
  if (how === 'subtract') {
    const patches = regions.flatMap((region) => {
      const pieces = subtractPolygons(region.shape, [drawn]);
      // Pieces may begin at another vertex: what is left tells whether anything is gone.
      const gone = areaOf([region.shape]) - areaOf(pieces);
      return gone < UNTOUCHED_PX2 ? [] : inPieces(state, region, pieces);
    });
    return commandOf('Take away', patches);
  }
  for (const region of regions) {
    const joined = joinPolygons([region.shape, drawn]);
    const [shape] = joined;
    if (shape && joined.length === 1) {
      return commandOf('Add to polygon', [put('regions', region, { ...region, shape, source: 'person' })]);
    }
  }
  return null;
}
