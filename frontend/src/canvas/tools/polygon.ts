/**
 * Draws polygons, by clicks or freehand. Alone it makes an object; with `options.combine`, or Shift (add) or
 * Alt (take away) held at the first point, it changes the selected polygons: a hole is taken away inside one.
 */

import type { Pair } from '../geometry/points';
import { polygonShape } from '../geometry/shapes/paths';
import { ChainTool } from './chain';
import type { PointerInput, ToolHost } from './tool';

export class PolygonTool extends ChainTool {
  readonly name = 'polygon';

  constructor(host: ToolHost) {
    super(host, { least: 3, isRing: true, freehand: true });
  }

  protected finish(points: readonly Pair[], first: PointerInput | null): void {
    const { combine } = this.host.options;
    const how = first?.alt ? 'subtract' : first?.shift ? 'add' : combine;
    if (how !== 'new' && this.host.combine(points, how)) return;
    this.host.create(polygonShape(points), 'Draw polygon');
  }
}
