/**
 * Draws cuboids: the front face as a box, then the back face's offset with the next click.
 * idle → (as a box) → depth → idle.
 */

import { boxArea, boxClip, type Box } from '../geometry/box';
import type { ImagePoint, Pair } from '../geometry/points';
import { cuboidShape, type CuboidShape, type Face } from '../geometry/shapes/cuboid';
import { DragBoxTool } from './drag-box';
import { NO_DRAFT, type Draft, type PointerInput, type Tool, type ToolHost, type ToolKey } from './tool';

/** The back face of a fresh cuboid, as a share of the front's size. */
const DEPTH_SHARE = 0.25;

const faceOf = ({ x1, y1, x2, y2 }: Box): Face => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];

/** The cuboid whose back face is the front, moved. */
export function cuboidOf(front: Box, [dx, dy]: Pair): CuboidShape {
  const face = faceOf(front);
  return cuboidShape(face, face.map(([x, y]): Pair => [x + dx, y + dy]) as unknown as Face);
}

function firstOffset({ x1, y1, x2, y2 }: Box): Pair {
  const reach = Math.min(x2 - x1, y2 - y1) * DEPTH_SHARE;
  return [reach, -reach];
}

export class CuboidTool implements Tool {
  readonly name = 'cuboid';
  private front: Box | null = null;
  private offset: Pair = [0, 0];
  private readonly drag: DragBoxTool;

  constructor(private readonly host: ToolHost) {
    this.drag = new DragBoxTool(host, {
      name: 'cuboid',
      verb: 'Draw cuboid',
      shapeOf: (box) => cuboidOf(box, firstOffset(box)),
      drawn: (box) => this.hold(box),
    });
  }

  get path(): string {
    return this.front ? 'cuboid.depth' : this.drag.path;
  }

  pointer(input: PointerInput): void {
    if (this.front) this.place(this.front, input);
    else this.drag.pointer(input);
  }

  private hold(front: Box): void {
    if (boxArea(front) < 1) return;
    this.front = front;
    this.offset = firstOffset(front);
    this.host.touch();
  }

  key(key: ToolKey): boolean {
    if (!this.front) return false;
    if (key === 'Enter') this.finish(this.front);
    else this.reset();
    return true;
  }

  interrupt(): void {
    this.drag.interrupt();
  }

  cancel(): boolean {
    const was = this.front !== null;
    this.reset();
    return this.drag.cancel() || was;
  }

  draft(): Draft {
    if (!this.front) return this.drag.draft();
    return { ...NO_DRAFT, shapes: [{ shape: cuboidOf(this.front, this.offset), style: 'new' }] };
  }

  cursor(): string {
    return this.front ? 'move' : 'none';
  }

  /** The back face's middle follows the pointer. */
  private place(front: Box, input: PointerInput): void {
    if (input.type === 'double') return;
    this.offset = this.bounded(front, input.image);
    if (input.type === 'down' && input.button === 0) this.finish(front);
    else this.host.touch();
  }

  private bounded(front: Box, at: ImagePoint): Pair {
    const [cx, cy] = [(front.x1 + front.x2) / 2, (front.y1 + front.y2) / 2];
    const [dx, dy] = [at.x - cx, at.y - cy];
    const moved = { x1: front.x1 + dx, y1: front.y1 + dy, x2: front.x2 + dx, y2: front.y2 + dy };
    const held = boxClip(moved, this.host.imageSize);
    return [
      dx + (held.x1 - moved.x1) + (held.x2 - moved.x2),
      dy + (held.y1 - moved.y1) + (held.y2 - moved.y2),
    ];
  }

  private finish(front: Box): void {
    const shape = cuboidOf(front, this.offset);
    this.reset();
    this.host.create(shape, 'Draw cuboid');
  }

  private reset(): void {
    this.front = null;
    this.host.touch();
  }
}
