/** Sends pointers to the tool: the mouse's, fingers', and the cursor that arrows move. Coordinates are container CSS pixels. */

import { EditorAssisting } from './assisting';
import { screenPoint, type ImagePoint, type ScreenPoint } from './geometry/points';
import { intoSight, KeyCursor } from './key-cursor';
import { PanTool } from './tools/pan';
import type { PointerInput, ToolName } from './tools/tool';
import type { TouchStep } from './touch';
import { toImage, toScreen, zoomAt } from './viewport/viewport';

export type PointerModifiers = {
  readonly button?: number;
  readonly shift?: boolean;
  readonly ctrl?: boolean;
  readonly alt?: boolean;
};

/** Tools under which arrows move the selection, not a cursor. */
const NOT_DRAWING: readonly ToolName[] = ['select', 'pan'];
/** Tools that are held down while they work. */
const HELD: readonly string[] = ['brush', 'eraser'];

export class EditorPointing extends EditorAssisting {
  /** Where the pointer is over the canvas, null outside. */
  pointerAt: ScreenPoint | null = null;
  protected spaceHeld = false;
  private readonly pan = new PanTool(this);
  private readonly keyCursor = new KeyCursor();
  private mouseAt: ScreenPoint | null = null;
  private panning = false;

  /** One pointer event at `(x, y)`, CSS pixels from the container's top-left. */
  pointer(type: PointerInput['type'] | 'leave', x: number, y: number, how: PointerModifiers = {}): void {
    // Browsers repeat the place of a mouse at rest when the page changes under it.
    if (type === 'move' && this.mouseAt?.x === x && this.mouseAt.y === y && this.keyCursor.at) return;
    this.keyCursor.leave();
    const screen = screenPoint(x, y);
    this.mouseAt = screen;
    this.pointerAt = type === 'leave' ? null : screen;
    if (type === 'leave') {
      this.tool.away?.();
      this.hover(null);
      return this.touch();
    }
    this.feed(type, screen, how);
  }

  private feed(
    type: PointerInput['type'],
    screen: ScreenPoint,
    how: PointerModifiers = {},
    image: ImagePoint = toImage(this.viewport, screen),
  ): void {
    const { button = 0, shift = false, ctrl = false, alt = false } = how;
    const input: PointerInput = { type, screen, image, button, shift, ctrl, alt };
    if (type === 'down' && (button === 1 || this.spaceHeld)) this.panning = true;
    if (this.panning) this.pan.pointer(input);
    else this.tool.pointer(input);
    if (type === 'up') this.panning = false;
    if (type === 'move') this.touch();
  }

  /** The pointer was taken away: what its press began is dropped, earlier points of a shape stay. */
  pointerCancel(): void {
    this.panning = false;
    this.pan.cancel();
    if (this.tool.interrupt) this.tool.interrupt();
    else this.tool.cancel();
    this.touch();
  }

  /** What fingers did, see `touch.ts`. */
  touches(steps: readonly TouchStep[]): void {
    for (const step of steps) {
      if (step.do === 'pointer') this.pointer(step.type, step.at.x, step.at.y, { alt: step.alt });
      else if (step.do === 'interrupt') this.pointerCancel();
      else {
        const { x, y } = this.viewport;
        const moved = { ...this.viewport, x: x + step.dx, y: y + step.dy };
        this.setViewport(zoomAt(moved, step.factor, step.at));
      }
    }
  }

  /** Zooms at the pointer; `delta` > 0 (wheel down) zooms out. */
  wheel(x: number, y: number, delta: number): void {
    this.setViewport(zoomAt(this.viewport, Math.exp(-delta * 0.0016), screenPoint(x, y)));
  }

  cursor(): string {
    if (this.panning) return 'grabbing';
    return this.spaceHeld ? 'grab' : this.tool.cursor();
  }

  // ---- the cursor that arrows move

  /** Overridden by the host-facing editor: Tab and arrows are ours only while the canvas has the focus. */
  protected hasFocus(): boolean {
    return true;
  }

  /** Arrows under a drawing tool: moves the cursor by steps. False where arrows mean something else. */
  protected moveKeyCursor(dx: number, dy: number): boolean {
    if (NOT_DRAWING.includes(this.tool.name) || !this.hasFocus()) return false;
    const at = this.keyCursor.move(this.viewport, this.imageSize, dx, dy, this.pointerAt);
    const off = intoSight(this.viewport, at);
    if (off.dx !== 0 || off.dy !== 0) this.panBy(off.dx, off.dy);
    this.pointerAt = toScreen(this.viewport, at);
    this.feed('move', this.pointerAt, {}, at);
    return true;
  }

  /** Enter with that cursor out: presses and releases there, or ends the shape. False where it is not out. */
  protected pressKeyCursor(): boolean {
    const { at } = this.keyCursor;
    if (!at || NOT_DRAWING.includes(this.tool.name)) return false;
    const screen = toScreen(this.viewport, at);
    const what = this.keyCursor.press(HELD.includes(this.tool.name));
    if (what === 'end') return this.tool.key('Enter');
    if (what !== 'up') this.feed('down', screen, {}, at);
    if (what !== 'down') this.feed('up', screen, {}, at);
    return true;
  }

  /** Esc: the cursor is put away. False where it was not out. */
  protected dropKeyCursor(): boolean {
    if (!this.keyCursor.leave()) return false;
    this.pointerAt = null;
    this.touch();
    return true;
  }

  /** What is under way was dropped: Enter starts anew. */
  protected restKeyCursor(): void {
    this.keyCursor.rest();
  }
}
