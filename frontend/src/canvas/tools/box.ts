/** Draws boxes, by dragging or by two clicks. idle → pressed → dragging → idle, or pressed → anchored → idle. */

import { boxFromCorners } from '../geometry/box';
import type { ImagePoint } from '../geometry/points';
import { clampToImage } from '../geometry/shape';
import { boxShape, type BoxShape } from '../geometry/shapes/box';
import { isDrag, NO_DRAFT, type Draft, type PointerInput, type Tool, type ToolHost } from './tool';

type State =
  | { readonly at: 'idle' }
  | {
      readonly at: 'pressed' | 'dragging' | 'anchored';
      readonly from: PointerInput;
      readonly to: ImagePoint;
    };

export class BoxTool implements Tool {
  readonly name = 'box';
  private state: State = { at: 'idle' };

  constructor(private readonly host: ToolHost) {}

  get path(): string {
    return `box.${this.state.at}`;
  }

  pointer(input: PointerInput): void {
    const { state } = this;
    if (input.type === 'down' && input.button === 0) {
      if (state.at === 'idle') this.go({ at: 'pressed', from: input, to: input.image });
      else if (state.at === 'anchored') this.close(state.from, input);
    } else if (input.type === 'move' && state.at !== 'idle') {
      const drags = state.at === 'pressed' && isDrag(state.from.screen, input.screen);
      this.go({ ...state, at: drags ? 'dragging' : state.at, to: this.corner(state.from, input) });
    } else if (input.type === 'up' && input.button === 0) {
      if (state.at === 'dragging') this.close(state.from, input);
      else if (state.at === 'pressed') this.go({ ...state, at: 'anchored' });
    }
  }

  key(): boolean {
    return false;
  }

  cancel(): boolean {
    if (this.state.at === 'idle') return false;
    this.go({ at: 'idle' });
    return true;
  }

  draft(): Draft {
    const { state } = this;
    if (state.at === 'idle' || state.at === 'pressed') return NO_DRAFT;
    return { ...NO_DRAFT, shapes: [{ shape: this.shape(state.from, state.to), style: 'new' }] };
  }

  cursor(): string {
    return 'none';
  }

  private go(state: State): void {
    this.state = state;
    this.host.touch();
  }

  /** Shift holds the box square. */
  private corner(from: PointerInput, input: PointerInput): ImagePoint {
    if (!input.shift) return input.image;
    const dx = input.image.x - from.image.x;
    const dy = input.image.y - from.image.y;
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    return { ...input.image, x: from.image.x + Math.sign(dx) * side, y: from.image.y + Math.sign(dy) * side };
  }

  private shape(from: PointerInput, to: ImagePoint): BoxShape {
    const size = this.host.imageSize;
    return boxShape(boxFromCorners(clampToImage(from.image, size), clampToImage(to, size)));
  }

  private close(from: PointerInput, input: PointerInput): void {
    const shape = this.shape(from, this.corner(from, input));
    this.go({ at: 'idle' });
    this.host.create(shape, 'Draw box');
  }
}
