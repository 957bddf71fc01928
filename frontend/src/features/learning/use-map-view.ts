/** How much of the map is in sight: zoomed by the wheel around the pointer, never beyond the whole. */
import { useCallback, useState } from 'react';

import type { Spot } from '@/features/learning/map-figures';

export type MapView = { zoom: number; left: number; top: number };

export const WHOLE: MapView = { zoom: 1, left: 0, top: 0 };
const ZOOM_MAX = 40;
const STEP = 1.2;
/** Room around the outermost pictures, of the whole side. */
const MARGIN = 0.03;

const placed = (value: number) => MARGIN + value * (1 - 2 * MARGIN);
const unplaced = (value: number) => (value - MARGIN) / (1 - 2 * MARGIN);

/** A place of the map in pixels of a square of `side`. */
export const onScreen = (view: MapView, side: number, x: number, y: number): Spot => ({
  x: (placed(x) - view.left) * view.zoom * side,
  y: (placed(y) - view.top) * view.zoom * side,
});

export const onMap = (view: MapView, side: number, spot: Spot): Spot => ({
  x: unplaced(spot.x / side / view.zoom + view.left),
  y: unplaced(spot.y / side / view.zoom + view.top),
});

export function zoomed(view: MapView, side: number, spot: Spot, isIn: boolean): MapView {
  const zoom = Math.min(ZOOM_MAX, Math.max(1, view.zoom * (isIn ? STEP : 1 / STEP)));
  const keep = (start: number, pixel: number) => {
    const under = pixel / side / view.zoom + start;
    return Math.min(Math.max(under - pixel / side / zoom, 0), 1 - 1 / zoom);
  };
  return { zoom, left: keep(view.left, spot.x), top: keep(view.top, spot.y) };
}

export function useMapView() {
  const [view, setView] = useState(WHOLE);
  const zoom = useCallback(
    (side: number, spot: Spot, isIn: boolean) => setView((now) => zoomed(now, side, spot, isIn)),
    [],
  );
  return { view, zoom, reset: () => setView(WHOLE) };
}
