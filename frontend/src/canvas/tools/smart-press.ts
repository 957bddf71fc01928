/** One press of the smart tool: a click that trembles is a click, a drag with the left button a box. */

import { boxFromCorners, type Box } from '../geometry/box';
import { toPair, type ImagePoint, type Size } from '../geometry/points';
import { clampToImage } from '../geometry/shape';
import type { SmartPrompt } from './smart-provider';
import { isDrag, type PointerInput } from './tool';

export type Pressed = { readonly box: Box } | { readonly click: SmartPrompt };

export class SmartPress {
  private from: PointerInput | null = null;
  private to: ImagePoint | null = null;
  private drags = false;

  get isHeld(): boolean {
    return this.from !== null;
  }

  /** What this press means if it ends now; null without one. */
  meaning(size: Size): Pressed | null {
    const { from } = this;
    const box = this.boxing(size);
    if (box) return { box };
    const inside = from?.button === 0 && !from.alt;
    return from && { click: { at: toPair(clampToImage(from.image, size)), inside } };
  }

  /** The box that is being dragged, cut to the picture. */
  boxing(size: Size): Box | null {
    if (!this.from || !this.to || !this.drags) return null;
    return boxFromCorners(clampToImage(this.from.image, size), clampToImage(this.to, size));
  }

  /** Whether it was for this press; at its end, what it meant. */
  hear(input: PointerInput, size: Size): { readonly means: Pressed | null } | null {
    if (input.type === 'down' && input.button !== 1) {
      this.drop();
      this.from = input;
      this.to = input.image;
      return { means: null };
    }
    const { from } = this;
    if (!from) return null;
    if (input.type === 'move') {
      this.to = input.image;
      this.drags ||= from.button === 0 && input.button !== 2 && isDrag(from.screen, input.screen);
      return { means: null };
    }
    if (input.type !== 'up') return null;
    const means = this.meaning(size);
    this.drop();
    return { means };
  }

  drop(): void {
    this.from = null;
    this.to = null;
    this.drags = false;
  }
}
