/** Measures lengths, angles and areas. What it shows stays until the next click and never enters the document. */

import { fromPair, type Pair } from '../geometry/points';
import { polygonArea } from '../geometry/polygon';
import { ChainTool } from './chain';
import { NO_DRAFT, type Draft, type PointerInput, type ToolHost } from './tool';

export type Measured = {
  /** Along all points, image pixels. */
  readonly lengthPx: number;
  /** Of the last stretch, degrees counter-clockwise from the right, -180..180. */
  readonly angleDeg: number;
  /** Inside the points as a ring, square image pixels; 0 below three. */
  readonly areaPx2: number;
};

export class MeasureTool extends ChainTool {
  readonly name = 'measure';
  private kept: readonly Pair[] = [];

  constructor(host: ToolHost) {
    super(host, { least: 2 });
  }

  /** Of the line under way with the pointer as its end, or of the last one; null where there is none. */
  measured(): Measured | null {
    const chain = super.draft().chain;
    return measure(chain.length > 1 ? chain : this.kept);
  }

  override pointer(input: PointerInput): void {
    if (input.type === 'down') this.kept = [];
    super.pointer(input);
  }

  override cancel(): boolean {
    const was = this.kept.length > 0;
    this.kept = [];
    return super.cancel() || was;
  }

  override draft(): Draft {
    const draft = super.draft();
    const shown = draft.chain.length === 0 && this.kept.length ? { ...NO_DRAFT, chain: this.kept } : draft;
    const measured = measure(shown.chain);
    const tip = shown.chain.at(-1);
    return measured && tip ? { ...shown, notes: [{ at: fromPair(tip), text: spoken(measured) }] } : shown;
  }

  protected finish(points: readonly Pair[]): void {
    this.kept = points;
    this.host.touch();
  }
}

/** What is written beside the line. */
function spoken({ lengthPx, angleDeg, areaPx2 }: Measured): string {
  const line = `${lengthPx.toFixed(1)} px · ${angleDeg.toFixed(1)}°`;
  return areaPx2 > 0 ? `${line} · ${Math.round(areaPx2).toLocaleString('en')} px²` : line;
}

function measure(chain: readonly Pair[]): Measured | null {
  const [last, before] = [chain.at(-1), chain.at(-2)];
  if (!last || !before) return null;
  const lengthPx = chain.slice(1).reduce((sum, [x, y], index) => {
    const from = chain[index] ?? [x, y];
    return sum + Math.hypot(x - from[0], y - from[1]);
  }, 0);
  const angleDeg = (Math.atan2(before[1] - last[1], last[0] - before[0]) * 180) / Math.PI;
  return { lengthPx, angleDeg, areaPx2: chain.length > 2 ? polygonArea(chain) : 0 };
}
