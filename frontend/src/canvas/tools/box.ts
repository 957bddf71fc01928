/** The box tool in its three ways: corner to corner, by four extreme points, or turned. */

import { distance, fromPair, type Pair } from '../geometry/points';
import { ringBounds } from '../geometry/polygon';
import { boxShape, type BoxShape } from '../geometry/shapes/box';
import { ChainTool } from './chain';
import { DragBoxTool } from './drag-box';
import type { Draft, PointerInput, Tool, ToolHost, ToolKey } from './tool';

/** Four clicks on the outermost points, in any order. */
class ExtremeBox extends ChainTool {
  readonly name = 'box';

  constructor(host: ToolHost) {
    super(host, { least: 4, most: 4 });
  }

  override get path(): string {
    return super.path.replace('box.', 'box.extreme-');
  }

  override draft(): Draft {
    const draft = super.draft();
    if (draft.chain.length < 2) return draft;
    return { ...draft, chain: [], shapes: [{ shape: boxShape(ringBounds(draft.chain)), style: 'new' }] };
  }

  protected finish(points: readonly Pair[]): void {
    this.host.create(boxShape(ringBounds(points)), 'Draw box');
  }
}

/** One edge by two clicks, the third gives the width. */
class TurnedBox extends ChainTool {
  readonly name = 'box';

  constructor(host: ToolHost) {
    super(host, { least: 3, most: 3 });
  }

  override get path(): string {
    return super.path.replace('box.', 'box.turned-');
  }

  override draft(): Draft {
    const draft = super.draft();
    const shape = draft.chain.length > 2 ? turnedBox(draft.chain) : null;
    return shape ? { ...draft, chain: [], shapes: [{ shape, style: 'new' }] } : draft;
  }

  protected finish(points: readonly Pair[]): void {
    const shape = turnedBox(points);
    if (shape) this.host.create(shape, 'Draw box');
  }
}

/** The box with `a`–`b` as one edge and `c` on the opposite one; null where the edge has no length. */
export function turnedBox([a, b, c]: readonly Pair[]): BoxShape | null {
  if (!a || !b || !c) return null;
  const length = distance(fromPair(a), fromPair(b));
  if (length === 0) return null;
  const [ux, uy] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const width = (c[0] - a[0]) * -uy + (c[1] - a[1]) * ux;
  const [cx, cy] = [(a[0] + b[0]) / 2 - (uy * width) / 2, (a[1] + b[1]) / 2 + (ux * width) / 2];
  const [half, other] = [length / 2, Math.abs(width) / 2];
  const degrees = (Math.atan2(uy, ux) * 180) / Math.PI;
  return boxShape({ x1: cx - half, y1: cy - other, x2: cx + half, y2: cy + other }, degrees);
}

export class BoxTool implements Tool {
  readonly name = 'box';
  private readonly ways: Readonly<Record<'drag' | 'extreme' | 'turned', Tool>>;

  constructor(private readonly host: ToolHost) {
    this.ways = {
      drag: new DragBoxTool(host, { name: 'box', verb: 'Draw box', shapeOf: (box) => boxShape(box) }),
      extreme: new ExtremeBox(host),
      turned: new TurnedBox(host),
    };
  }

  /** Changing the way drops what is under way: the host calls `cancel` before it sets options. */
  private get way(): Tool {
    return this.ways[this.host.options.boxBy];
  }

  get path(): string {
    return this.way.path;
  }

  pointer(input: PointerInput): void {
    this.way.pointer(input);
  }

  key(key: ToolKey): boolean {
    return this.way.key(key);
  }

  interrupt(): void {
    this.way.interrupt?.();
  }

  cancel(): boolean {
    return this.way.cancel();
  }

  draft(): Draft {
    return this.way.draft();
  }

  cursor(): string {
    return this.way.cursor();
  }
}
