/**
 * What all tools that set one point after the other share: clicks, freehand by dragging, snapping, closing or
 * ending by Enter, double click or the first point; Backspace takes the last point back.
 * idle → drawing ⇄ freehand → idle.
 */

import { distance, fromPair, toPair, type ImagePoint, type Pair } from '../geometry/points';
import { simplifyChain } from '../geometry/polygon';
import { toScreen } from '../viewport/viewport';
import { snapPoint, type Snapped } from './snapping';
import { DRAG_PX, isDrag, NO_DRAFT, REACH_PX } from './tool';
import type { Draft, PointerInput, Tool, ToolHost, ToolKey, ToolName } from './tool';

const CLOSE_PX = REACH_PX + 2;
/** A freehand stroke keeps what lies further than this from the straight line, CSS pixels. */
const FREEHAND_TOLERANCE_PX = 1.25;

export abstract class ChainTool implements Tool {
  abstract readonly name: ToolName;
  protected points: Pair[] = [];
  private pressed: PointerInput | null = null;
  /** The points there were before the press that is held. */
  private before: Pair[] = [];
  /** Points of the stroke under way; null while clicking. */
  private stroke: Pair[] | null = null;
  private tip: Snapped | null = null;
  private closing = false;

  /** `least` points make a shape; `isRing`: closed by a click on the first; `most`: ends by itself there. */
  constructor(
    protected readonly host: ToolHost,
    protected readonly form: { least: number; most?: number; isRing?: boolean; freehand?: boolean },
  ) {}

  /** Makes something of the points. `first` is the press that began the chain. */
  protected abstract finish(points: readonly Pair[], first: PointerInput | null): void;

  private first: PointerInput | null = null;

  get path(): string {
    if (this.stroke) return `${this.name}.freehand`;
    return this.points.length ? `${this.name}.drawing` : `${this.name}.idle`;
  }

  pointer(input: PointerInput): void {
    if (input.type === 'down' && input.button === 0) this.down(input);
    else if (input.type === 'move') this.move(input);
    else if (input.type === 'up' && input.button === 0) this.up();
    else if (input.type === 'double') this.end();
  }

  key(key: ToolKey): boolean {
    if (this.points.length === 0) return false;
    if (key === 'Enter') this.end();
    else this.points = this.points.slice(0, -1);
    this.host.touch();
    return true;
  }

  interrupt(): void {
    if (this.pressed) this.points = this.before;
    this.pressed = null;
    this.stroke = null;
    this.tip = null;
    this.closing = false;
    this.host.touch();
  }

  cancel(): boolean {
    const was = this.points.length > 0;
    this.reset();
    return was;
  }

  draft(): Draft {
    const marks: Draft['marks'][number][] = this.points.map((pair, index) => ({
      at: fromPair(pair),
      style: index === 0 && this.form.isRing && this.points.length >= 3 ? 'first' : 'vertex',
    }));
    if (this.tip?.on && !this.closing) marks.push({ at: this.tip.at, style: 'snap' });
    const [first] = this.points;
    if (!first) return marks.length ? { ...NO_DRAFT, marks } : NO_DRAFT;
    if (this.stroke) return { ...NO_DRAFT, chain: [...this.points, ...this.stroke], marks };
    const tip = this.closing ? first : this.tip && toPair(this.tip.at);
    return { ...NO_DRAFT, chain: tip ? [...this.points, tip] : this.points, marks };
  }

  cursor(): string {
    return this.closing ? 'pointer' : 'none';
  }

  private down(input: PointerInput): void {
    if (this.closing || (this.isRingReady() && this.near(this.points[0], input, CLOSE_PX))) return this.end();
    this.pressed = input;
    this.before = this.points;
    // The second press of a double click lands on the last point: no vertex of its own.
    if (this.near(this.points.at(-1), input, DRAG_PX)) return;
    if (this.points.length === 0) this.first = input;
    this.points = [...this.points, toPair(this.settle(input).at)];
    this.tip = null;
    if (this.points.length === this.form.most) return this.end();
    this.host.touch();
  }

  private move(input: PointerInput): void {
    const { pressed } = this;
    if (pressed && this.form.freehand && (this.stroke || isDrag(pressed.screen, input.screen))) {
      this.stroke = [...(this.stroke ?? []), toPair(snapPoint(this.host, input.image).at)];
    } else {
      this.tip = this.settle(input);
    }
    this.closing = this.isRingReady() && this.near(this.points[0], input, CLOSE_PX);
    this.host.touch();
  }

  private up(): void {
    this.pressed = null;
    const { stroke } = this;
    if (!stroke) return;
    this.stroke = null;
    const last = this.points.at(-1);
    const tolerance = FREEHAND_TOLERANCE_PX / this.host.viewport.scale;
    const kept = simplifyChain(last ? [last, ...stroke] : stroke, tolerance);
    this.points = [...this.points.slice(0, -1), ...kept];
    if (this.closing) {
      // The stroke ran back into its beginning: the last point is the first one again.
      this.points = this.points.slice(0, -1);
      this.end();
    } else this.host.touch();
  }

  private end(): void {
    const { points, first } = this;
    if (points.length < this.form.least) return;
    this.reset();
    this.finish(points, first);
  }

  private isRingReady(): boolean {
    return Boolean(this.form.isRing) && this.points.length + (this.stroke?.length ?? 0) >= 3;
  }

  /** Of the own points only the first attracts, and only where it closes: others would swallow fine detail. */
  private settle(input: PointerInput): Snapped {
    return snapPoint(this.host, this.bound(input));
  }

  /** Shift holds the line to steps of 45 degrees. */
  private bound(input: PointerInput): ImagePoint {
    const last = this.points.at(-1);
    if (!input.shift || !last) return input.image;
    const [dx, dy] = [input.image.x - last[0], input.image.y - last[1]];
    const angle = Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) * (Math.PI / 4);
    const reach = dx * Math.cos(angle) + dy * Math.sin(angle);
    return fromPair([last[0] + reach * Math.cos(angle), last[1] + reach * Math.sin(angle)]);
  }

  private near(pair: Pair | undefined, input: PointerInput, reach: number): boolean {
    return (
      pair !== undefined && distance(toScreen(this.host.viewport, fromPair(pair)), input.screen) <= reach
    );
  }

  private reset(): void {
    this.points = [];
    this.stroke = null;
    this.pressed = null;
    this.first = null;
    this.tip = null;
    this.closing = false;
    this.host.touch();
  }
}
