/**
 * Prompts for a segmenter: click in, right or Alt click out, drag a box; the answer is shown as a preview
 * that Enter accepts. idle → pressed → boxing → waiting → preview (or empty, failed) → idle.
 */

import type { Box } from '../geometry/box';
import { SmartAsking, type Question } from './smart-asking';
import { SmartEarly } from './smart-early';
import { SmartGlance } from './smart-glance';
import { SmartPress, type Pressed } from './smart-press';
import { SmartPreview, viewOf } from './smart-preview';
import type { SmartMemory, SmartProvider, SmartStatus, SmartTarget } from './smart-provider';
import * as step from './smart-steps';
import type { Draft, PointerInput, Tool, ToolHost, ToolKey } from './tool';

export class SmartTool implements Tool {
  readonly name = 'smart';
  provider: SmartProvider | null = null;
  private steps: step.Steps = [];
  private target: SmartTarget | null = null;
  private readonly press = new SmartPress();
  private readonly asking = new SmartAsking();
  private readonly early = new SmartEarly();
  private readonly glance = new SmartGlance(() => this.host.touch());
  private readonly preview: SmartPreview;

  constructor(private readonly host: ToolHost) {
    this.preview = new SmartPreview(host);
  }

  setProvider(provider: SmartProvider | null): void {
    this.cancel();
    this.provider = provider;
    this.host.touch();
  }

  /** The box that is shown to the segmenter, null without one. */
  get box(): Box | null {
    return step.lastOf(this.steps)?.box ?? null;
  }

  /** Outlines an object anew: its bounds are the box, its pixels the mask that is corrected. */
  refine(target: SmartTarget, box: Box, memory: SmartMemory | null): void {
    this.reset();
    this.target = target;
    this.steps = step.fromMask(box, memory);
    this.ask();
  }

  get path(): string {
    if (this.press.isHeld) return this.press.boxing(this.host.imageSize) ? 'smart.boxing' : 'smart.pressed';
    const { state } = this.status();
    return `smart.${state === 'unavailable' ? 'idle' : state}`;
  }

  status(): SmartStatus {
    const { steps, asking, provider, target } = this;
    return {
      ...this.preview.status(steps, asking, provider, target?.labelId),
      isRefining: target !== null,
    };
  }

  pointer(input: PointerInput): void {
    const { provider, host } = this;
    if (!provider) return;
    const heard = this.press.hear(input, host.imageSize);
    if (heard) {
      this.glance.stop();
      if (heard.means) this.pressed(heard.means);
      else this.askEarly(input);
    } else if (input.type === 'move' && !this.steps.length && host.options.smartGlances) {
      this.glance.at(provider, input.image, viewOf(host), host.imageSize);
    } else return;
    host.touch();
  }

  /** Taking a prompt back shows at once what was answered before it. */
  key(key: ToolKey): boolean {
    if (!this.steps.length) return false;
    if (key === 'Enter') return this.accept();
    const isBack = key === 'Backspace';
    const next = isBack ? this.steps.slice(0, -1) : step.choosing(this.steps, key === 'Next' ? 1 : -1);
    if (next === this.steps) return false;
    this.steps = next;
    if (!next.length) this.cancel();
    else if (step.lastOf(next)?.answer) this.asking.stop();
    else this.ask();
    this.host.touch();
    return true;
  }

  /** The prompts given so far stay. */
  interrupt(): void {
    this.press.drop();
    this.early.stop();
    this.host.touch();
  }

  away(): void {
    this.glance.stop();
  }

  cancel(): boolean {
    const busy = this.press.isHeld || this.steps.length > 0;
    const { target } = this;
    this.reset();
    target?.done();
    return busy;
  }

  draft(): Draft {
    const boxing = this.press.boxing(this.host.imageSize);
    return this.preview.draft(this.steps, boxing, this.glance.spans, this.target?.labelId);
  }

  cursor(): string {
    return this.provider ? 'crosshair' : 'not-allowed';
  }

  private pressed(means: Pressed): void {
    this.early.hold();
    this.steps = step.withPress(this.steps, means);
    this.ask();
  }

  /** While an answer is out, what a click will correct is not known yet. */
  private askEarly(input: PointerInput): void {
    const { provider, early } = this;
    const means = this.press.meaning(this.host.imageSize);
    const question = means && this.question(step.withPress(this.steps, means));
    if (!provider || !means || !question || this.asking.isWaiting) return;
    if ('box' in means) early.drag(provider, question);
    else if (input.type === 'down') early.click(provider, question, input.button === 0);
  }

  private question(steps: step.Steps): Question | null {
    const last = step.lastOf(steps);
    if (!last) return null;
    const { prompts, box, memory } = last;
    return { prompts, box, memory, view: viewOf(this.host), isGlance: false };
  }

  private ask(): void {
    const question = this.question(this.steps);
    if (!this.provider || !question) return;
    this.asking.ask(this.provider, question, (answer) => {
      if (answer) this.steps = step.answered(this.steps, answer);
      this.host.touch();
    });
    this.host.touch();
  }

  private accept(): boolean {
    const { target } = this;
    const shape = this.asking.isWaiting ? null : this.preview.chosen(this.steps, target?.labelId);
    if (!shape) return false;
    this.reset();
    if (target) this.host.commitShapes(new Map([[target.id, shape]]), 'Outline anew');
    else this.host.create(shape, 'Smart select');
    target?.done();
    return true;
  }

  private reset(): void {
    this.asking.stop();
    this.early.stop();
    this.glance.stop();
    this.steps = [];
    this.press.drop();
    this.target = null;
    this.host.touch();
  }
}
