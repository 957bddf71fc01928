/** The other tools of single points: polylines, points, the knife. */

import type { Pair } from '../geometry/points';
import { ChainTool } from './chain';
import type { ToolHost } from './tool';

export class PolylineTool extends ChainTool {
  readonly name = 'polyline';

  constructor(host: ToolHost) {
    super(host, { least: 2, freehand: true });
  }

  protected finish(points: readonly Pair[]): void {
    this.host.create({ type: 'polyline', points }, 'Draw line');
  }
}

export class PointsTool extends ChainTool {
  readonly name = 'points';

  constructor(host: ToolHost) {
    super(host, { least: 1 });
  }

  protected finish(points: readonly Pair[]): void {
    this.host.create({ type: 'points', points }, points.length > 1 ? 'Set points' : 'Set point');
  }
}

/** A line from outside to outside parts every polygon it crosses. */
export class CutTool extends ChainTool {
  readonly name = 'cut';

  constructor(host: ToolHost) {
    super(host, { least: 2, freehand: true });
  }

  protected finish(points: readonly Pair[]): void {
    this.host.cutAlong(points);
  }
}
