/**
 * Draws polygons by clicks; closed on the first point, Enter or a double click; Backspace takes the last
 * point back. idle → drawing → idle.
 */

import { distance, fromPair, toPair, type ImagePoint, type Pair } from '../geometry/points';
import { clampToImage } from '../geometry/shape';
import { polygonShape } from '../geometry/shapes/paths';
import { toScreen } from '../viewport/viewport';
import {
  DRAG_PX,
  NO_DRAFT,
  REACH_PX,
  type Draft,
  type PointerInput,
  type Tool,
  type ToolHost,
  type ToolKey,
} from './tool';

const CLOSE_PX = REACH_PX + 2;

export class PolygonTool implements Tool {
  readonly name = 'polygon';
  private points: Pair[] = [];
  private pointer_: ImagePoint | null = null;
  private closing = false;

  constructor(private readonly host: ToolHost) {}

  get path(): string {
    return this.points.length ? 'polygon.drawing' : 'polygon.idle';
  }

  pointer(input: PointerInput): void {
    if (input.type === 'down' && input.button === 0) this.click(input);
    else if (input.type === 'double' && this.points.length >= 3) this.close();
    else if (input.type === 'move' && this.points.length) {
      this.pointer_ = clampToImage(input.image, this.host.imageSize);
      this.closing = this.points.length >= 3 && this.near(this.points[0], input, CLOSE_PX);
      this.host.touch();
    }
  }

  key(key: ToolKey): boolean {
    if (this.points.length === 0) return false;
    if (key === 'Backspace') this.points = this.points.slice(0, -1);
    else if (this.points.length >= 3) this.close();
    this.host.touch();
    return true;
  }

  cancel(): boolean {
    if (this.points.length === 0) return false;
    this.reset();
    return true;
  }

  draft(): Draft {
    const [first] = this.points;
    if (!first) return NO_DRAFT;
    const tip = this.closing ? fromPair(first) : this.pointer_;
    const marks = this.points.map(
      (pair, index) =>
        ({ at: fromPair(pair), style: index === 0 && this.points.length >= 3 ? 'first' : 'vertex' }) as const,
    );
    return { ...NO_DRAFT, chain: tip ? [...this.points, toPair(tip)] : this.points, marks };
  }

  cursor(): string {
    return this.closing ? 'pointer' : 'none';
  }

  private near(pair: Pair | undefined, input: PointerInput, reach: number): boolean {
    return (
      pair !== undefined && distance(toScreen(this.host.viewport, fromPair(pair)), input.screen) <= reach
    );
  }

  private click(input: PointerInput): void {
    if (this.points.length >= 3 && this.near(this.points[0], input, CLOSE_PX)) return this.close();
    // The second press of a double click lands on the last point: no vertex of its own.
    if (this.near(this.points.at(-1), input, DRAG_PX)) return;
    this.points = [...this.points, toPair(clampToImage(input.image, this.host.imageSize))];
    this.pointer_ = null;
    this.host.touch();
  }

  private close(): void {
    const shape = polygonShape(this.points);
    this.reset();
    this.host.create(shape, 'Draw polygon');
  }

  private reset(): void {
    this.points = [];
    this.pointer_ = null;
    this.closing = false;
    this.host.touch();
  }
}
