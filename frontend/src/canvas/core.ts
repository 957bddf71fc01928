/**
 * The editor's heart without DOM: the active tool, the current label, and what tools make of the document.
 * Actions and pointer routing are built on it; tests drive it as it is.
 */

import { EditorBase } from './base';
import { completed } from './document/attributes';
import { addRegions, changeShapes } from './document/commands';
import {
  labelAllows,
  labelTracks,
  type Attributes,
  type DocState,
  type DocumentData,
  type LabelDef,
  type Ontology,
} from './document/model';
import { batch, type Command } from './document/patches';
import { masksOf, paintMasks } from './document/mask-commands';
import { combineRing, cutRegions, polygonsOf } from './document/shape-commands';
import { fixSuggestion } from './document/suggestion-commands';
import { onFrame, stillState } from './document/still';
import { setKeyframe } from './document/track-commands';
import { ringBounds, type Ring } from './geometry/polygon';
import { ringsToSpans } from './geometry/raster';
import { clipShape, shapeArea, shapeBounds, type Shape } from './geometry/shape';
import { maskShape } from './geometry/shapes/mask';
import type { SkeletonTemplate } from './geometry/shapes/skeleton';
import type { Spans } from './geometry/spans';
import { countsOf, settled, type Counts, type EditorSnapshot } from './snapshot';
import { DEFAULT_OPTIONS, type ToolOptions } from './tools/options';
import { SmartTool } from './tools/smart';
import type { Tool, ToolHost, ToolName } from './tools/tool';
import { makeTools, type Toolbox } from './tools/toolbox';
import { refusals } from './words';

/** A drawn shape smaller than this on the screen is a slip of the hand, CSS pixels. */
const SMALLEST_SIDE_PX = 3;

export type EditorOptions = { readonly ontology: Ontology; readonly document?: DocumentData };

export class EditorCore extends EditorBase implements ToolHost {
  ontology: Ontology;
  options: ToolOptions = DEFAULT_OPTIONS;
  readonly smart: SmartTool;
  protected readonly tools: Toolbox;
  protected tool: Tool;
  protected lastDrawTool: ToolName = 'box';
  private labelId: string | null;
  private snapshot: EditorSnapshot | null = null;
  private counts: Counts | null = null;

  constructor(options: EditorOptions) {
    super(options.document);
    this.ontology = options.ontology;
    this.labelId = options.ontology.labels[0]?.id ?? null;
    this.smart = new SmartTool(this);
    this.tools = makeTools(this, this.smart);
    this.tool = this.tools.select;
  }

  // ---- watching

  getSnapshot = (): EditorSnapshot => {
    if (this.stale || !this.snapshot) this.snapshot = settled(this.snapshot, this.makeSnapshot());
    this.stale = false;
    return this.snapshot;
  };

  protected override refresh(): void {
    this.counts = null;
    super.refresh();
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
      isCovered: this.isCovered,
      smart: this.smart.status(),
      options: this.options,
      notice: this.notice,
      selectedPx2: this.tool.name === 'measure' && this.selection.length ? this.selectedArea() : null,
      measured: this.tool.name === 'measure' ? this.tools.measure.measured() : null,
      revision: this.revision,
    };
  }

  private selectedArea(): number {
    return this.selectedItems().reduce((sum, item) => sum + shapeArea(item.shape), 0);
  }

  // ---- what tools make

  commitShapes(shapes: ReadonlyMap<string, Shape>, name: string, mergeKey?: string): void {
    const { suggestions, tracks } = this.document.state;
    const command = batch(this.document.state, name, [
      (state) => changeShapes(state, shapes, name),
      ...[...shapes].map(([id, shape]) => (state: DocState) => {
        if (suggestions.has(id)) return fixSuggestion(state, id, { shape, frame: this.frame }, this.valuesOf);
        return tracks.has(id) && this.frame !== null ? setKeyframe(state, id, this.frame, { shape }) : null;
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
    if (!label) return this.say(refusals.noLabelFor(shape.type));
    if (!cut || !bounds) return;
    const side = Math.max(bounds.x2 - bounds.x1, bounds.y2 - bounds.y1) * this.viewport.scale;
    if (side < SMALLEST_SIDE_PX && cut.type !== 'points' && cut.type !== 'mask') return;
    const drawn = [{ labelId: label.id, shape: cut, attributes: completed(label, {}) }];
    const command = this.made((state) => addRegions(state, drawn, name));
    if (this.run(command)) this.select(command?.patches.map((patch) => patch.id) ?? []);
  }

  /** What is shown as a picture's objects: of a video, the tracks of the frame. */
  protected get still(): DocState {
    const { state } = this.document;
    return this.frame === null ? state : stillState(state, this.frame);
  }

  /** A command on a picture's objects; on a video it makes keyframes of the tracks that they are. */
  protected made(make: (still: DocState) => Command | null): Command | null {
    const { state } = this.document;
    return this.frame === null ? make(state) : onFrame(state, this.frame, make);
  }

  /** The selected masks go on; on a video also the one that left the picture: it is back. */
  paint(spans: Spans, how: 'add' | 'subtract'): void {
    const ids = masksOf(this.still, this.selection).map((region) => region.id);
    const [id = '', ...more] = this.selection;
    const away = ids.length + more.length === 0 && how === 'add' && this.frame !== null;
    const fresh = maskShape(spans);
    if (ids.length > 0) this.run(this.made((state) => paintMasks(state, ids, spans, how)));
    else if (away && fresh && this.run(this.broughtBack(id, fresh))) return;
    else if (how === 'subtract') this.say(refusals.rubWithoutMask);
    else if (fresh) this.create(fresh, 'Paint');
  }

  private broughtBack(id: string, shape: Shape): Command | null {
    return setKeyframe(this.document.state, id, this.frame ?? 0, { shape, outside: false });
  }

  combine(ring: Ring, how: 'add' | 'subtract'): boolean {
    const masks = masksOf(this.still, this.selection).map((region) => region.id);
    if (masks.length > 0) {
      this.paint(ringsToSpans([ring]), how);
      return true;
    }
    const ids = polygonsOf(this.still, this.selection).map((region) => region.id);
    const isHole = how === 'subtract';
    if (ids.length === 0 && isHole) this.say(refusals.holeWithoutPolygon);
    if (ids.length === 0) return isHole;
    const done = this.run(this.made((state) => combineRing(state, ids, ring, how)));
    if (!done && isHole) this.say(refusals.holeBeside);
    // What touches none of them is an object of its own.
    return done || isHole;
  }

  cutAlong(chain: Ring): void {
    const crossed = this.selection.length
      ? this.selection
      : this.itemsWithin(ringBounds(chain)).map((item) => item.id);
    if (!this.run(this.made((state) => cutRegions(state, crossed, chain)))) this.say(refusals.cutNothing);
  }

  // ---- label

  get currentLabelId(): string | null {
    return this.labelId;
  }

  setLabel(labelId: string | null): void {
    this.labelId = labelId;
    this.touch();
  }

  /** Everything drawn on a video is a track; a skeleton needs its template. */
  protected allows(label: LabelDef, shape: Shape['type']): boolean {
    if (shape === 'skeleton' && !label.skeleton) return false;
    return this.frame === null ? labelAllows(label, shape) : labelTracks(label, shape);
  }

  labelOf(labelId: string): LabelDef | undefined {
    return this.ontology.labels.find((label) => label.id === labelId);
  }

  /** What an object of that label says of its attributes, given what it said so far. */
  protected valuesOf = (labelId: string, given: Attributes): Attributes =>
    completed(this.labelOf(labelId), given);

  takes(shape: Shape['type'], labelId: string | null = this.labelId): boolean {
    const label = labelId === null ? undefined : this.labelOf(labelId);
    return label !== undefined && this.allows(label, shape);
  }

  /** The current label where it allows the shape, else the first that does. */
  private labelFor(shape: Shape['type']): LabelDef | null {
    const { labels } = this.ontology;
    const current = labels.find((label) => label.id === this.labelId);
    if (current && this.allows(current, shape)) return current;
    return labels.find((label) => this.allows(label, shape)) ?? null;
  }

  skeletonTemplate(): SkeletonTemplate | null {
    return this.labelFor('skeleton')?.skeleton ?? null;
  }
}
