/** Owns the canvases in the container and decides what to draw when. */

import type { Viewport } from '../viewport/viewport';
import { channelFilters } from './adjust';
import { padOf, startBasePass, type BasePass } from './base-layer';
import { paintOverlay } from './overlay-layer';
import type { Scene } from './scene';

/** Main-thread time a frame may give to the crisp redraw, milliseconds. */
const SLICE_MS = 8;
/** A gesture is over when the view has rested this long, milliseconds. */
const SETTLE_MS = 90;

type Layer = { readonly canvas: HTMLCanvasElement; readonly ctx: CanvasRenderingContext2D };
type Drawn = { readonly view: Viewport; readonly excluded: ReadonlySet<string> };

function layer(container: HTMLElement): Layer | null {
  const canvas = document.createElement('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  Object.assign(canvas.style, { position: 'absolute', left: '0', top: '0', pointerEvents: 'none' });
  canvas.style.transformOrigin = '0 0';
  const ctx = canvas.getContext('2d');
  if (!ctx) return null;
  container.append(canvas);
  return { canvas, ctx };
}

function fitCanvas({ canvas }: Layer, width: number, height: number, dpr: number): void {
  const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  canvas.style.width = `${String(width)}px`;
  canvas.style.height = `${String(height)}px`;
}

export class Renderer {
  private front: Layer | null;
  private back: Layer | null;
  private readonly top: Layer | null;
  private readonly filters: SVGSVGElement;
  private drawn: Drawn | null = null;
  private pass: BasePass | null = null;
  private key: readonly unknown[] = [];
  private dirty = false;
  /** The selection that the layer on top has shown already. */
  private answered: readonly string[] = [];
  private seenView: Viewport | null = null;
  private restsSince = 0;
  private frame = 0;

  /** Without a 2D context (tests without canvas) it draws nothing and asks for nothing. */
  constructor(
    container: HTMLElement,
    private readonly scene: Scene,
  ) {
    this.front = layer(container);
    this.back = layer(container);
    this.top = layer(container);
    this.filters = channelFilters(container);
  }

  /** Something changed: draw at the next frame. */
  schedule(): void {
    if (!this.top || this.frame) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  dispose(): void {
    if (this.frame) cancelAnimationFrame(this.frame);
    for (const each of [this.front, this.back, this.top]) each?.canvas.remove();
    this.filters.remove();
    this.front = this.back = null;
  }

  private draw(now: number): void {
    const { scene, top } = this;
    if (!top) return;
    const dpr = window.devicePixelRatio || 1;
    const view = scene.viewport;
    if (view !== this.seenView) [this.seenView, this.restsSince] = [view, now];
    this.moveFront(view);
    this.startPass(now, dpr);
    this.advance();
    fitCanvas(top, view.width, view.height, dpr);
    paintOverlay(top.ctx, scene, dpr, this.drawn?.excluded ?? new Set());
    if (this.pass || this.dirty || this.drawn?.view !== view) this.schedule();
  }

  /** Content that changed is drawn again at once; a view that moves only when it rests. */
  private startPass(now: number, dpr: number): void {
    const { scene, back } = this;
    const { viewport: view, image, tilesCame, itemSet, selection, display } = scene;
    const key = [selection, image, tilesCame, itemSet, display, view.width, view.height, dpr];
    const same = key.every((value, index) => value === this.key[index]);
    // A click is answered first: the layer on top shows what is chosen, and the one below follows a frame later.
    const isNew = image !== this.key[1] || this.drawn === null;
    const isAnswered = isNew || selection === this.key[0] || selection === this.answered;
    this.answered = selection;
    const rests = now - this.restsSince >= SETTLE_MS || this.drawn === null;
    this.dirty = !same;
    // A pass under way is finished first: restarted at every change, a slider would never let it end.
    if (!back || this.pass || !isAnswered || (same && (this.drawn?.view === view || !rests))) return;
    this.dirty = false;
    this.key = key;
    const [px, py] = padOf(view);
    fitCanvas(back, view.width + 2 * px, view.height + 2 * py, dpr);
    this.pass = startBasePass(back.ctx, scene, dpr, { atOnce: isNew });
  }

  private advance(): void {
    const { pass } = this;
    if (!pass) return;
    const until = performance.now() + SLICE_MS;
    do {
      const step = pass.steps.next();
      if (!step.done && step.value === 'frame') return;
      if (!step.done) continue;
      this.pass = null;
      this.drawn = pass;
      [this.front, this.back] = [this.back, this.front];
      if (this.front) this.front.canvas.style.visibility = 'visible';
      if (this.back) this.back.canvas.style.visibility = 'hidden';
      this.moveFront(this.scene.viewport);
      return;
    } while (performance.now() < until);
  }

  /** Lays the last crisp picture where the present view would have it. */
  private moveFront(view: Viewport): void {
    if (!this.drawn || !this.front) return;
    const from = this.drawn.view;
    const k = view.scale / from.scale;
    const [px, py] = padOf(from);
    const x = view.x - from.x * k - px * k;
    const y = view.y - from.y * k - py * k;
    const { style } = this.front.canvas;
    style.transform = `translate(${String(x)}px, ${String(y)}px) scale(${String(k)})`;
    style.imageRendering = view.scale >= 4 ? 'pixelated' : 'auto';
  }
}
