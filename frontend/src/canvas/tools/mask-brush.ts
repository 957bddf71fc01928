/**
 * Brush and eraser. A stroke is a line as wide as the brush until it is let go: only then pixels are computed,
 * once. idle → painting → idle. Shift goes on straight from where the last stroke ended.
 */

import type { Pair } from '../geometry/points';
import { toPair } from '../geometry/points';
import { strokeToSpans, type Brush } from '../geometry/raster';
import { cropSpans } from '../geometry/spans';
import { NO_DRAFT, type Draft, type PointerInput, type Tool, type ToolHost } from './tool';

export class BrushTool implements Tool {
  private stroke: readonly Pair[] | null = null;
  /** Where the last stroke ended. */
  private last: Pair | null = null;
  private at: Pair | null = null;

  constructor(
    private readonly host: ToolHost,
    readonly name: 'brush' | 'eraser',
  ) {}

  get path(): string {
    return `${this.name}.${this.stroke ? 'painting' : 'idle'}`;
  }

  pointer(input: PointerInput): void {
    this.at = toPair(input.image);
    if (input.type === 'down' && input.button === 0) {
      this.stroke = input.shift && this.last ? [this.last, this.at] : [this.at];
    } else if (input.type === 'move' && this.stroke) {
      this.stroke = [...this.stroke, this.at];
    } else if (input.type === 'up' && input.button === 0) this.finish();
    this.host.touch();
  }

  key(): boolean {
    return false;
  }

  cancel(): boolean {
    const was = this.stroke !== null;
    this.stroke = null;
    this.host.touch();
    return was;
  }

  draft(): Draft {
    const brush = this.brush;
    const tip = this.at && { at: this.at, ...brush };
    return {
      ...NO_DRAFT,
      stroke: this.stroke && { points: this.stroke, erases: this.name === 'eraser', ...brush },
      tip,
    };
  }

  cursor(): string {
    return 'crosshair';
  }

  private get brush(): Brush {
    const { brushPx: px, brushShape: shape } = this.host.options;
    return { px, shape };
  }

  private finish(): void {
    const { stroke } = this;
    if (!stroke) return;
    this.stroke = null;
    this.last = stroke.at(-1) ?? null;
    const { width, height } = this.host.imageSize;
    const spans = cropSpans(strokeToSpans(stroke, this.brush), { x1: 0, y1: 0, x2: width, y2: height });
    this.host.paint(spans, this.name === 'brush' ? 'add' : 'subtract');
  }
}
