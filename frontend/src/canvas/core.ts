/**
 * The editor's heart without DOM: document, viewport, selection, preview and the active tool. Actions and
 * pointer routing are built on it; tests drive it as it is.
 */

import { AnnotationDocument } from './document/document';
import { addRegions, changeShapes } from './document/commands';
import { ItemSet, itemsOf, type Item } from './document/items';
import {
  labelAllows,
  type DocState,
  type DocumentData,
  type LabelDef,
  type Ontology,
} from './document/model';
import { batch, type Command } from './document/patches';
import { fixSuggestion } from './document/suggestion-commands';
import { setKeyframe, startTrack } from './document/track-commands';
import type { Box } from './geometry/box';
import { type ImagePoint, type Size } from './geometry/points';
import { clipShape, shapeBounds, type Shape } from './geometry/shape';
import { boxShape } from './geometry/shapes/box';
import { countsOf, settled, type Counts, type EditorSnapshot } from './snapshot';
import { BoxTool } from './tools/box';
import { PanTool } from './tools/pan';
import { PolygonTool } from './tools/polygon';
import { SelectTool } from './tools/select';
import { SmartTool } from './tools/smart';
import { REACH_PX, type Tool, type ToolHost, type ToolName } from './tools/tool';
import { fitImage, keepInSight, viewportOf, type Viewport } from './viewport/viewport';

/** A drawn shape smaller than this on the screen is a slip of the hand, CSS pixels. */
const SMALLEST_SIDE_PX = 3;

export type EditorOptions = { readonly ontology: Ontology; readonly document?: DocumentData };

export class EditorCore implements ToolHost {
  readonly document: AnnotationDocument;
  viewport: Viewport = viewportOf({ width: 800, height: 600 });
  imageSize: Size = { width: 1, height: 1 };
  selection: readonly string[] = [];
  preview: ReadonlyMap<string, Shape> | null = null;
  ontology: Ontology;
  readonly smart: SmartTool;
  protected readonly tools: Readonly<Record<ToolName, Tool>>;
  protected tool: Tool;
  protected lastDrawTool: ToolName = 'box';
  protected frame: number | null = null;
  protected threshold = 0;
  private labelId: string | null;
  private items: ItemSet | null = null;
  private revision = 0;
  private snapshot: EditorSnapshot | null = null;
  private counts: Counts | null = null;
  private stale = true;
  private hoveredId: string | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(options: EditorOptions) {
    this.document = new AnnotationDocument(options.document);
    this.ontology = options.ontology;
    this.labelId = options.ontology.labels[0]?.id ?? null;
    this.smart = new SmartTool(this);
    this.tools = {
      select: new SelectTool(this),
      box: new BoxTool(this),
      polygon: new PolygonTool(this),
      smart: this.smart,
      pan: new PanTool(this),
    };
    this.tool = this.tools.select;
  }

  // ---- watching

  /** Hears every change of the snapshot or the drawing. Returns the way to stop. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getSnapshot = (): EditorSnapshot => {
    if (this.stale || !this.snapshot) this.snapshot = settled(this.snapshot, this.makeSnapshot());
    this.stale = false;
    return this.snapshot;
  };

  touch(): void {
    this.stale = true;
    for (const listener of this.listeners) listener();
  }

  private makeSnapshot(): EditorSnapshot {
    const { history, state } = this.document;
    return {
      tool: this.tool.name,
      toolPath: this.tool.path,
      selection: this.selection,
      labelId: this.labelId,
      canUndo: history.canUndo,
      canRedo: history.canRedo,
      undoName: history.undoName,
      redoName: history.redoName,
      zoom: this.viewport.scale,
      counts: (this.counts ??= countsOf(state, this.threshold)),
      threshold: this.threshold,
      frame: this.frame,
      smart: this.smart.status(),
      revision: this.revision,
    };
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

  /** Forgets what was derived from the document or the filter, and drops vanished ids from the selection. */
  protected refresh(): void {
    this.items = null;
    this.counts = null;
    this.revision += 1;
    const { regions, suggestions, tracks } = this.document.state;
    const alive = this.selection.filter(
      (id) => regions.has(id) || tracks.has(id) || suggestions.get(id)?.status === 'open',
    );
    if (alive.length !== this.selection.length) this.selection = alive;
    this.touch();
  }

  // ---- changing

  /** Runs a command; null is allowed. Returns whether anything changed. */
  run(command: Command | null): boolean {
    const changed = this.document.run(command);
    if (changed) this.refresh();
    return changed;
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

  commitShapes(shapes: ReadonlyMap<string, Shape>, name: string, mergeKey?: string): void {
    const { suggestions, tracks } = this.document.state;
    const command = batch(this.document.state, name, [
      (state) => changeShapes(state, shapes, name),
      ...[...shapes].map(([id, shape]) => (state: DocState) => {
        if (suggestions.has(id)) return fixSuggestion(state, id, { shape });
        if (!tracks.has(id) || this.frame === null || shape.type !== 'box') return null;
        return setKeyframe(state, id, this.frame, { shape });
      }),
    ]);
    const selected = this.selection;
    if (!this.run(command && (mergeKey === undefined ? command : { ...command, mergeKey }))) return;
    // A mended suggestion is a region now: the selection follows it.
    this.selection = selected.map((id) => this.document.state.suggestions.get(id)?.regionId ?? id);
    this.touch();
  }

  create(shape: Shape, name: string): void {
    const cut = clipShape(shape, this.imageSize);
    const bounds = cut && shapeBounds(cut);
    const label = this.labelFor(shape.type);
    if (!cut || !bounds || !label) return;
    const side = Math.max(bounds.x2 - bounds.x1, bounds.y2 - bounds.y1) * this.viewport.scale;
    if (side < SMALLEST_SIDE_PX) return;
    const before = this.document.state;
    const command =
      this.frame === null
        ? addRegions(before, [{ labelId: label.id, shape: cut }], name)
        : startTrack(before, label.id, this.frame, boxShape(bounds));
    this.run(command);
    this.select(command?.patches.map((patch) => patch.id) ?? []);
  }

  // ---- label, view

  get currentLabelId(): string | null {
    return this.labelId;
  }

  setLabel(labelId: string | null): void {
    this.labelId = labelId;
    this.touch();
  }

  /** Everything drawn on a video is a track. */
  protected allows(label: LabelDef, shape: Shape['type']): boolean {
    return labelAllows(label, this.frame === null ? shape : 'track');
  }

  /** The current label where it allows the shape, else the first that does. */
  private labelFor(shape: Shape['type']): LabelDef | null {
    const { labels } = this.ontology;
    const current = labels.find((label) => label.id === this.labelId);
    if (current && this.allows(current, shape)) return current;
    return labels.find((label) => this.allows(label, shape)) ?? null;
  }

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
