/**
 * Everything drawn as a box, by dragging or by two clicks: boxes, ellipses, skeletons.
 * idle → pressed → dragging → idle, or pressed → anchored → idle.
 */

import { boxFromCorners, type Box } from '../geometry/box';
import { fromPair, toPair, type ImagePoint } from '../geometry/points';
import { clampToImage, type Shape } from '../geometry/shape';
import { snapPoint, type Snapped } from './snapping';
import {
  isDrag,
  NO_DRAFT,
  type Draft,
  type PointerInput,
  type Tool,
  type ToolHost,
  type ToolName,
} from './tool';

type State =
  | { readonly at: 'idle' }
  | {
      readonly at: 'pressed' | 'dragging' | 'anchored';
      readonly from: PointerInput;
      /** The first corner, settled. */
      readonly corner: ImagePoint;
      readonly to: ImagePoint;
    };

export type DragForm = {
  readonly name: ToolName;
  readonly verb: string;
  /** Null where the box makes nothing (a label without a skeleton). */
  readonly shapeOf: (box: Box, host: ToolHost) => Shape | null;
  /** What becomes of the box in place of an object. */
  readonly drawn?: (box: Box) => void;
};

export class DragBoxTool implements Tool {
  readonly name: ToolName;
  private state: State = { at: 'idle' };
  private tip: Snapped | null = null;

  constructor(
    private readonly host: ToolHost,
    private readonly form: DragForm,
  ) {
    this.name = form.name;
  }

  get path(): string {
    return `${this.name}.${this.state.at}`;
  }

  pointer(input: PointerInput): void {
    const { state } = this;
    if (input.type === 'down' && input.button === 0) {
      if (state.at === 'anchored') return this.close(this.opposite(state.corner, input));
      const corner = snapPoint(this.host, input.image).at;
      if (state.at === 'idle') this.go({ at: 'pressed', from: input, corner, to: corner });
    } else if (input.type === 'move') {
      this.tip = snapPoint(this.host, input.image);
      if (state.at === 'idle') return this.host.touch();
      const drags = state.at === 'pressed' && isDrag(state.from.screen, input.screen);
      this.go({ ...state, at: drags ? 'dragging' : state.at, to: this.opposite(state.corner, input) });
    } else if (input.type === 'up' && input.button === 0) {
      if (state.at === 'dragging') this.close(this.opposite(state.corner, input));
      else if (state.at === 'pressed') this.go({ ...state, at: 'anchored' });
    }
  }

  key(): boolean {
    return false;
  }

  /** A first corner that was clicked stays. */
  interrupt(): void {
    if (this.state.at !== 'anchored') this.cancel();
  }

  cancel(): boolean {
    if (this.state.at === 'idle') return false;
    this.go({ at: 'idle' });
    return true;
  }

  draft(): Draft {
    const { state } = this;
    const marks = this.tip?.on ? [{ at: this.tip.at, style: 'snap' } as const] : [];
    if (state.at === 'idle' || state.at === 'pressed') return { ...NO_DRAFT, marks };
    const shape = this.form.shapeOf(boxFromCorners(state.corner, state.to), this.host);
    return { ...NO_DRAFT, marks, shapes: shape ? [{ shape, style: 'new' }] : [] };
  }

  cursor(): string {
    return 'none';
  }

  private go(state: State): void {
    this.state = state;
    this.host.touch();
  }

  /** Shift holds the box square. */
  private opposite(corner: ImagePoint, input: PointerInput): ImagePoint {
    if (!input.shift) return snapPoint(this.host, input.image).at;
    const [dx, dy] = [input.image.x - corner.x, input.image.y - corner.y];
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    const [x, y] = toPair(corner);
    const square = fromPair([x + Math.sign(dx) * side, y + Math.sign(dy) * side]);
    return clampToImage(square, this.host.imageSize);
  }

  private close(to: ImagePoint): void {
    const { state } = this;
    if (state.at === 'idle') return;
    this.go({ at: 'idle' });
    this.tip = null;
    const box = boxFromCorners(state.corner, to);
    if (this.form.drawn) return this.form.drawn(box);
    const shape = this.form.shapeOf(box, this.host);
    if (shape) this.host.create(shape, this.form.verb);
  }
}
