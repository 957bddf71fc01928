/** Drags the picture. Also used by the router for the middle button and while space is held. */

import type { ScreenPoint } from '../geometry/points';
import { NO_DRAFT, type Draft, type PointerInput, type Tool, type ToolHost } from './tool';

export class PanTool implements Tool {
  readonly name = 'pan';
  private last: ScreenPoint | null = null;

  constructor(private readonly host: ToolHost) {}

  get path(): string {
    return this.last ? 'pan.dragging' : 'pan.idle';
  }

  pointer(input: PointerInput): void {
    if (input.type === 'down') this.last = input.screen;
    else if (input.type === 'up') this.last = null;
    else if (input.type === 'move' && this.last) {
      const { x, y } = this.last;
      this.last = input.screen;
      this.host.panBy(input.screen.x - x, input.screen.y - y);
    }
    this.host.touch();
  }

  key(): boolean {
    return false;
  }

  cancel(): boolean {
    const was = this.last !== null;
    this.last = null;
    return was;
  }

  draft(): Draft {
    return NO_DRAFT;
  }

  cursor(): string {
    return this.last ? 'grabbing' : 'grab';
  }
}
