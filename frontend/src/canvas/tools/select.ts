/**
 * Select, move, resize, turn, edit vertices, marquee.
 * idle → pressed → (moving | resizing | rotating | vertex | marquee) → idle; a press that is no drag is a click.
 */

import type { Item } from '../document/items';
import { boxFromCorners, boxInside, type Box } from '../geometry/box';
import type { ImagePoint } from '../geometry/points';
import { shapeBounds, type Shape } from '../geometry/shape';
import type { Handle, PointHandle } from './grips/grip';
import { alterPoint, handlesOf, hitHandle } from './handles';
import { reshape, type Reshaping } from './reshape';
import { snapPoint } from './snapping';
import { isDrag, NO_DRAFT, type Draft, type PointerInput, type Tool, type ToolHost } from './tool';

type Drag = Reshaping | 'marquee';

type Press = {
  readonly from: PointerInput;
  readonly drag: Drag;
  readonly handle: Handle | null;
  /** What a plain click (no drag) selects. */
  readonly click: readonly string[];
  readonly started: boolean;
};

const COMMAND_NAMES = {
  moving: 'Move',
  resizing: 'Resize',
  rotating: 'Turn',
  vertex: 'Move point',
} as const;

export class SelectTool implements Tool {
  readonly name = 'select';
  private press: Press | null = null;
  private shapes: ReadonlyMap<string, Shape> | null = null;
  private marquee: Box | null = null;
  private hover: Handle | null = null;
  private overItem = false;

  constructor(private readonly host: ToolHost) {}

  get path(): string {
    if (!this.press) return 'select.idle';
    return this.press.started ? `select.${this.press.drag}` : 'select.pressed';
  }

  pointer(input: PointerInput): void {
    if (input.type === 'down' && input.button === 0) this.down(input);
    else if (input.type === 'move') this.move(input);
    else if (input.type === 'up' && input.button === 0) this.up(input);
  }

  key(): boolean {
    return false;
  }

  cancel(): boolean {
    if (!this.press) return false;
    this.finish();
    return true;
  }

  draft(): Draft {
    return this.marquee ? { ...NO_DRAFT, marquee: this.marquee } : NO_DRAFT;
  }

  cursor(): string {
    if (this.press?.started && this.press.drag === 'moving') return 'grabbing';
    const handle = this.press?.handle ?? this.hover;
    if (!handle) return this.overItem ? 'move' : 'default';
    if (handle.kind === 'rotate') return 'grab';
    if (handle.kind !== 'resize') return 'crosshair';
    const [hx, hy] = handle.dir;
    if (hx === 0) return 'ns-resize';
    if (hy === 0) return 'ew-resize';
    return hx === hy ? 'nwse-resize' : 'nesw-resize';
  }

  private handleAt(input: PointerInput): Handle | null {
    return hitHandle(
      handlesOf(this.host.selectedItems(), this.host.viewport),
      this.host.viewport,
      input.screen,
    );
  }

  private down(input: PointerInput): void {
    const handle = this.handleAt(input);
    if (handle && 'ring' in handle && input.alt) return this.alter(handle);
    if (handle) {
      const drag = handle.kind === 'resize' ? 'resizing' : handle.kind === 'rotate' ? 'rotating' : 'vertex';
      this.press = { from: input, drag, handle, click: this.host.selection, started: false };
    } else {
      this.pressItem(input, this.host.hit(input.image));
    }
    this.host.touch();
  }

  /** An unlocked region moves at once; a suggestion only once selected, so that none is mended by accident. */
  private pressItem(input: PointerInput, item: Item | null): void {
    const before = this.host.selection;
    const had = item !== null && before.includes(item.id);
    // One of a group means the group; Alt means the one.
    const meant = !item ? [] : input.alt ? [item.id] : this.host.groupOf(item.id);
    let click: readonly string[] = meant;
    if (input.shift || input.ctrl) {
      click = had ? before.filter((id) => !meant.includes(id)) : [...new Set([...before, ...meant])];
    }
    const movable = item !== null && !item.locked && (had || item.kind !== 'suggestion');
    if (movable && !had) this.host.select(input.shift ? [...new Set([...before, ...meant])] : meant);
    this.press = { from: input, drag: movable ? 'moving' : 'marquee', handle: null, click, started: false };
  }

  private move(input: PointerInput): void {
    const press = this.press;
    if (!press) {
      this.hover = this.handleAt(input);
      const item = this.hover ? null : this.host.hit(input.image);
      this.overItem = item !== null && !item.locked;
      this.host.hover(item?.id ?? null);
      return;
    }
    if (!press.started && !isDrag(press.from.screen, input.screen)) return;
    this.press = { ...press, started: true };
    if (press.drag === 'marquee') {
      this.marquee = boxFromCorners(press.from.image, input.image);
    } else {
      this.shapes = reshape(press.drag, press.handle, {
        items: this.host.selectedItems().filter((item) => !item.locked),
        from: press.from.image,
        to: this.target(press, input),
        size: this.host.imageSize,
        snap: input.shift,
      });
      this.host.setPreview(this.shapes);
    }
    this.host.touch();
  }

  /** A dragged point settles on what is near; whole shapes do not. */
  private target({ drag }: Press, input: PointerInput): ImagePoint {
    if (drag !== 'vertex' || input.ctrl) return input.image;
    return snapPoint(this.host, input.image, { except: this.host.selection }).at;
  }

  private up(input: PointerInput): void {
    const { press, shapes, marquee } = this;
    if (!press) return;
    this.finish();
    if (!press.started) this.host.select(press.click);
    else if (press.drag === 'marquee') this.selectWithin(marquee, input.shift);
    else if (shapes) this.host.commitShapes(shapes, COMMAND_NAMES[press.drag]);
  }

  private finish(): void {
    this.press = null;
    this.shapes = null;
    this.marquee = null;
    this.host.setPreview(null);
    this.host.touch();
  }

  private selectWithin(marquee: Box | null, add: boolean): void {
    if (!marquee) return;
    const caught = this.host
      .itemsWithin(marquee)
      .filter((item) => boxInside(shapeBounds(item.shape), marquee))
      .map((item) => item.id);
    this.host.select(add ? [...new Set([...this.host.selection, ...caught])] : caught);
  }

  /** Alt-click on a point: away with it, or (a keypoint) on to its next state. */
  private alter(handle: PointHandle): void {
    const item = this.host.selectedItems().find(({ locked }) => !locked);
    const shape = item && alterPoint(item.shape, handle);
    if (shape) this.host.commitShapes(new Map([[item.id, shape]]), 'Change point');
  }
}
