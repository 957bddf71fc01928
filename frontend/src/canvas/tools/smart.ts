/**
 * Prompts for a segmenter: click in, right or Alt click out, drag a box; the answer is shown as a preview
 * that Enter accepts. idle → pressed → boxing → prompting → waiting → preview (or failed) → idle.
 */

import { boxFromCorners, type Box } from '../geometry/box';
import { fromPair, toPair, type ImagePoint } from '../geometry/points';
import { clampToImage, clipShape } from '../geometry/shape';
import { boxShape } from '../geometry/shapes/box';
import { visibleBox } from '../viewport/viewport';
import type { SmartAnswer, SmartPrompt, SmartProvider, SmartStatus } from './smart-provider';
import {
  isDrag,
  NO_DRAFT,
  type Draft,
  type PointerInput,
  type Tool,
  type ToolHost,
  type ToolKey,
} from './tool';

type Press = { readonly from: PointerInput; readonly to: ImagePoint; readonly drags: boolean };

export class SmartTool implements Tool {
  readonly name = 'smart';
  provider: SmartProvider | null = null;
  private prompts: SmartPrompt[] = [];
  private box: Box | null = null;
  private press: Press | null = null;
  private answer: SmartAnswer | null = null;
  private failure: string | null = null;
  private abort: AbortController | null = null;

  constructor(private readonly host: ToolHost) {}

  get path(): string {
    if (this.press) return this.press.drags ? 'smart.boxing' : 'smart.pressed';
    const { state } = this.status();
    return `smart.${state === 'unavailable' ? 'idle' : state}`;
  }

  status(): SmartStatus {
    const prompts = this.prompts.length + (this.box ? 1 : 0);
    const base = { prompts, score: this.answer?.score ?? null, message: this.failure };
    if (!this.provider) return { ...base, state: 'unavailable' };
    if (this.abort) return { ...base, state: 'waiting' };
    if (this.failure) return { ...base, state: 'failed' };
    if (this.answer) return { ...base, state: this.answer.shape ? 'preview' : 'empty' };
    return { ...base, state: 'idle' };
  }

  pointer(input: PointerInput): void {
    if (!this.provider) return;
    if (input.type === 'down' && input.button !== 1) {
      this.press = { from: input, to: input.image, drags: false };
    } else if (input.type === 'move' && this.press) {
      const drags = this.press.drags || (input.button !== 2 && isDrag(this.press.from.screen, input.screen));
      this.press = { ...this.press, to: input.image, drags: drags && this.press.from.button === 0 };
    } else if (input.type === 'up' && this.press) {
      this.prompt(this.press);
      this.press = null;
    } else return;
    this.host.touch();
  }

  key(key: ToolKey): boolean {
    if (key === 'Enter' && this.answer?.shape && !this.abort) {
      const { shape } = this.answer;
      this.reset();
      this.host.create(shape, 'Smart select');
      return true;
    }
    if (key === 'Backspace' && (this.prompts.length || this.box)) {
      if (this.prompts.length) this.prompts = this.prompts.slice(0, -1);
      else this.box = null;
      void this.ask();
      return true;
    }
    return false;
  }

  /** The prompts given so far stay. */
  interrupt(): void {
    this.press = null;
    this.host.touch();
  }

  cancel(): boolean {
    const busy = this.press !== null || this.prompts.length > 0 || this.box !== null;
    this.reset();
    return busy;
  }

  draft(): Draft {
    const boxes = this.press?.drags ? [this.boxOf(this.press)] : this.box ? [this.box] : [];
    const shapes = boxes.map((box) => ({ shape: boxShape(box), style: 'new' }) as const);
    const found = this.answer?.shape ? [{ shape: this.answer.shape, style: 'smart' } as const] : [];
    const marks = this.prompts.map(
      ({ at, inside }) => ({ at: fromPair(at), style: inside ? 'in' : 'out' }) as const,
    );
    return { ...NO_DRAFT, shapes: [...found, ...shapes], marks };
  }

  cursor(): string {
    return this.provider ? 'crosshair' : 'not-allowed';
  }

  private boxOf({ from, to }: Press): Box {
    const size = this.host.imageSize;
    return boxFromCorners(clampToImage(from.image, size), clampToImage(to, size));
  }

  private prompt(press: Press): void {
    if (press.drags) this.box = this.boxOf(press);
    else {
      const inside = press.from.button === 0 && !press.from.alt;
      const at = toPair(clampToImage(press.from.image, this.host.imageSize));
      this.prompts = [...this.prompts, { at, inside }];
    }
    void this.ask();
  }

  private async ask(): Promise<void> {
    this.abort?.abort();
    this.abort = null;
    this.failure = null;
    const { provider, prompts, box, host } = this;
    if (!provider || (prompts.length === 0 && !box)) {
      this.answer = null;
      return host.touch();
    }
    const abort = new AbortController();
    this.abort = abort;
    host.touch();
    const { width, height } = host.imageSize;
    const shown = clipShape(boxShape(visibleBox(host.viewport)), host.imageSize);
    const view = shown?.type === 'box' ? shown : { x1: 0, y1: 0, x2: width, y2: height };
    const { x1, y1, x2, y2 } = view;
    try {
      const answer = await provider({ prompts, box, view: { x1, y1, x2, y2 }, signal: abort.signal });
      if (abort.signal.aborted) return;
      const shape = answer.shape && clipShape(answer.shape, host.imageSize);
      this.answer = { ...answer, shape: shape?.type === 'polygon' ? shape : null };
    } catch (error) {
      // Whatever went wrong on the host's side, the person sees it and draws by hand.
      if (abort.signal.aborted) return;
      this.answer = null;
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.abort = null;
    host.touch();
  }

  private reset(): void {
    this.abort?.abort();
    this.abort = null;
    this.prompts = [];
    this.box = null;
    this.press = null;
    this.answer = null;
    this.failure = null;
    this.host.touch();
  }
}
