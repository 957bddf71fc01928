/** What every layer of the editor stands on: the document, what of it is shown, the selection, the view, the listeners. */

import { AnnotationDocument } from './document/document';
import { withGroups } from './document/group-commands';
import { ItemSet, itemsOf, type Item } from './document/items';
import type { DocumentData } from './document/model';
import type { Command } from './document/patches';
import type { Box } from './geometry/box';
import type { ImagePoint, Size } from './geometry/points';
import type { Shape } from './geometry/shape';
import type { Notice } from './snapshot';
import { REACH_PX } from './tools/tool';
import { fitImage, keepInSight, viewportOf, type Viewport } from './viewport/viewport';
import { refusals } from './words';

export class EditorBase {
  readonly document: AnnotationDocument;
  viewport: Viewport = viewportOf({ width: 800, height: 600 });
  imageSize: Size = { width: 1, height: 1 };
  selection: readonly string[] = [];
  preview: ReadonlyMap<string, Shape> | null = null;
  protected frame: number | null = null;
  /** The first frame behind those that may be drawn on: the video's end, or its part's. 1 of a still image. */
  frameEnd = 1;
  protected threshold = 0;
  protected revision = 0;
  /** Why the last thing asked for was not done; null once something is. */
  protected notice: Notice | null = null;
  /** The snapshot does not show the latest change yet. */
  protected stale = true;
  private seeker: ((frame: number) => unknown) | null = null;
  private covered = false;
  private awaiting = false;
  private items: ItemSet | null = null;
  private hoveredId: string | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(document?: DocumentData) {
    this.document = new AnnotationDocument(document);
  }

  // ---- watching

  /** Hears every change of the snapshot or the drawing. Returns the way to stop. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  touch(): void {
    this.stale = true;
    for (const listener of this.listeners) listener();
  }

  /** Forgets what was derived from the document or the filter, and drops vanished ids from the selection. */
  protected refresh(): void {
    this.items = null;
    this.revision += 1;
    const { regions, suggestions, tracks } = this.document.state;
    const alive = this.selection.filter(
      (id) => regions.has(id) || tracks.has(id) || suggestions.get(id)?.status === 'open',
    );
    if (alive.length !== this.selection.length) this.selection = alive;
    this.touch();
  }

  /** Video: whoever shows its frames hears which one is asked for. Returns the way to stop. */
  onSeek(seeker: (frame: number) => unknown): () => void {
    this.seeker = seeker;
    return () => (this.seeker = null);
  }

  seek(frame: number): void {
    this.seeker?.(frame);
  }

  /** Video: a stand-in lies over the picture, so that what is done at the frame shown would be done unseen. */
  get isCovered(): boolean {
    return this.covered;
  }

  cover(covered: boolean): void {
    if (covered === this.covered) return;
    this.covered = covered;
    if (!covered && this.notice?.text === refusals.unseen) this.notice = null;
    this.touch();
  }

  /** Video: another frame than the one shown was asked for and is on its way. */
  get isAwaiting(): boolean {
    return this.awaiting;
  }

  setAwaiting(awaiting: boolean): void {
    if (awaiting === this.awaiting) return;
    this.awaiting = awaiting;
    this.touch();
  }

  // ---- items

  get itemSet(): ItemSet {
    const filter = { frame: this.frame, threshold: this.threshold };
    this.items ??= new ItemSet(itemsOf(this.document.state, filter));
    return this.items;
  }

  selectedItems(): Item[] {
    return this.selection.map((id) => this.itemSet.get(id)).filter((item) => item !== undefined);
  }

  hit(point: ImagePoint): Item | null {
    return this.itemSet.hit(point, REACH_PX / this.viewport.scale);
  }

  itemsWithin(window: Box): Item[] {
    return this.itemSet.within(window);
  }

  /** The object with all visible members of its group. */
  groupOf(id: string): readonly string[] {
    return withGroups(this.document.state, [id]).filter((each) => each === id || this.itemSet.get(each));
  }

  // ---- changing

  /**
   * Runs what the person asked for; null is allowed. Returns whether anything changed: under a stand-in nothing is, as
   * it would be done unseen.
   */
  run(command: Command | null): boolean {
    if (!this.covered) return this.take(command);
    if (command) this.say(refusals.unseen);
    return false;
  }

  /** Runs what came by itself, or is of all frames and was agreed to by its numbers, whatever is shown meanwhile. */
  take(command: Command | null): boolean {
    const changed = this.document.run(command);
    if (changed) this.notice = null;
    if (changed) this.refresh();
    return changed;
  }

  /** Tells the person why nothing happened; the same words again are a notice of its own. */
  protected say(text: string): void {
    // Whatever else would be in the way, that one cannot see is.
    this.notice = { id: (this.notice?.id ?? 0) + 1, text: this.covered ? refusals.unseen : text };
    this.touch();
  }

  select(ids: readonly string[]): void {
    this.selection = ids;
    this.document.history.seal();
    this.touch();
  }

  /** The item lit up because the pointer is over it, on the canvas or in a host's list. */
  get hovered(): string | null {
    return this.hoveredId;
  }

  hover(id: string | null): void {
    if (id === this.hoveredId) return;
    this.hoveredId = id;
    this.touch();
  }

  setPreview(shapes: ReadonlyMap<string, Shape> | null): void {
    this.preview = shapes;
    this.touch();
  }

  // ---- view

  setViewport(view: Viewport): void {
    this.viewport = keepInSight(view, this.imageSize);
    this.touch();
  }

  panBy(dx: number, dy: number): void {
    this.setViewport({ ...this.viewport, x: this.viewport.x + dx, y: this.viewport.y + dy });
  }

  fit(): void {
    this.setViewport(fitImage(this.viewport, this.imageSize));
  }
}
