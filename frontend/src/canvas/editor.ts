/**
 * The annotation editor as a host sees it. Plain TypeScript; React (or a test) hosts it and nothing more.
 *
 *     const editor = new Editor({ ontology, document });      // headless: works without attach()
 *     const detach = editor.attach(container, { keys: 'window' });
 *     editor.setImage(bitmap, width, height);                 // upright pixels
 *     const stop = editor.onOps((ops) => outbox.push(ops));   // autosave
 *     const snapshot = useSyncExternalStore(editor.subscribe, editor.getSnapshot);
 *     editor.dispose();
 *
 * Types: `Ontology`, `DocumentData`, `Region`, `Suggestion`, `Tag`, `Track` (document/model), `Shape`
 * (geometry/shape), `DraftOp` (document/ops), `EditorSnapshot` (snapshot), `ToolName` (tools/tool),
 * `SmartProvider` (tools/smart-provider), `ActionName`, `KeyBinding` (keymap).
 * The API's JSON (document/wire): documentFromWire(labels, suggestions, decisions?) to load,
 * opsToWire(ops, editor.document.state) for draft PATCHes, decisionsToWire(state, suggestions) for submit.
 *
 * Watching
 *   subscribe(listener) → stop       every change of snapshot or drawing
 *   getSnapshot() → EditorSnapshot   the same object until something changed; `notice` says in words why the
 *                                    last thing asked for was not done, `measured` and `selectedPx2` what is measured
 *   onOps(listener) → stop           `DraftOp[]` of each command, undo and redo
 *   document.state / document.data() maps by id / sorted lists; memo them by `snapshot.revision`
 *   styleOf(labelId) → {color,name}  the colours of the canvas, for panels
 * Document
 *   loadDocument(data)               next task or merge result: selection and history are forgotten, no ops
 *   addSuggestions(list)             late arrivals; known ids are left alone
 *   replaceSuggestions(list)         open ones that are not in it are gone, decided ones stay
 *   setOntology(ontology)
 *   undo(), redo(), run(command)     any command of document/*.ts: run(setAttributes(state, ids, {...})); take(command) what came by itself, or is of all frames
 * Picture and view
 *   setImage(source | null, width, height)   keeps the view where the size stays (video frames)
 *   setTiles(source | null)          a large picture's squares, over its smaller copy
 *   fit(), zoomBy(factor), actualSize(), focusOn(id), setDisplay({ chips, shapes })
 * Tools
 *   setTool(name), drawAgain(), setSmartProvider(provider | null), perform(action), handleKey(event)
 *   refineSelection()                the selected object outlined anew by the smart tool; chooseOutline(±1), keepOutline()
 *   setOptions({ boxBy?, combine?, snap?, brushPx?, … })   how they draw (tools/options); `snapshot.options`
 *   keymap.bindings                  for the shortcut sheet; setKeys(changes) throws KeyClashError
 * Objects
 *   hover(id | null)                 lights one up, for lists; `hovered` says which
 *   select(ids), selectAll(), selectNext(±1), deleteSelection(), copy(), cut(), paste(), nudge(dx, dy), grow(dx, dy)
 *   propagate(regions)               copies at the same place: the next picture of a burst
 *   pickLabel(labelId)               what a digit does; setLabel(labelId): only for what is drawn next
 *   setLabelOf(ids, labelId)         where the label allows the shape; its attributes' defaults are filled in
 *   setAttributesOf(ids, {...}), setFlagsOf(ids, { hidden?, locked? }), toggleOccluded(), toggleTag(labelId)
 *   hideSelection(), showAll(), toggleLock(), reorderSelection('front' | 'back'), stepSelection(±1)
 *   groupSelection(), ungroupSelection(), joinSelection()
 * Suggestions (dashed; filtered by setThreshold(0..1))
 *   shownSuggestions(), accept(ids?), reject(ids?), takeOver(id?), acceptAllShown()
 *   accept/reject without ids act on the selection and go on to the next one
 * Video
 *   setFrame(index | null, end?)     tracks are shown and edited at that frame; what is drawn starts tracks of its shape
 *   onSeek(seeker), seek(frame)      who shows the frames, and is asked for one: by `focusOn` of a track that is away
 *   setAwaiting(is), isAwaiting      another frame was asked for and is on its way
 *   cover(is), isCovered             a stand-in for it lies over the picture: nothing that a person asks for is changed under it
 *   toggleKeyframe(), toggleTrackFlag('outside' | 'occluded'), splitSelection(), joinTracks(), handOverSelection(), …
 *                                    of the selected tracks at the frame shown: all in `tracking.ts`
 *   setAttributesOf(ids, {...}, fromHere)   from the frame shown on, or of all frames
 *   writeAttributesOf(ids, {...}, begunOn)  typed: from the frame it was begun on, whatever is shown by now
 *
 * In headless use: pointer('down' | 'move' | 'up' | 'double' | 'leave', x, y, modifiers), wheel(x, y, delta),
 * touches(steps) (touch), pointerCancel().
 */

import type { EditorOptions } from './core';
import { listen } from './dom';
import type { Ontology } from './document/model';
import type { DraftOp } from './document/ops';
import { screenPoint, type Size } from './geometry/points';
import { Keymap, type ActionName } from './keymap';
import type { LabelStyle } from './render/paint';
import { stylesOf, UNKNOWN_STYLE } from './render/styles';
import { Renderer } from './render/renderer';
import { minimapOf, viewFrom, type Minimap } from './render/minimap';
import { PLAIN_DISPLAY, type Display, type Scene } from './render/scene';
import type { TileSource } from './render/tiles';
import { EditorRouter, type PointerModifiers } from './router';
import type { Draft, PointerInput } from './tools/tool';
import { resized, type Viewport } from './viewport/viewport';

export type AttachOptions = {
  /** Where keys are heard; `none`: the host calls `handleKey` and `handleKeyUp` itself. */
  readonly keys?: 'window' | 'container' | 'none';
};

const NOWHERE = { x1: 1, y1: 1, x2: 0, y2: 0 };
type PointerType = PointerInput['type'] | 'leave';

export class Editor extends EditorRouter implements Scene {
  image: CanvasImageSource | null = null;
  display: Display = PLAIN_DISPLAY;
  tiles: TileSource | null = null;
  tilesCame = 0;
  private tilesStop: (() => void) | null = null;
  private steering = false;
  private styles: ReadonlyMap<string, LabelStyle>;
  private container: HTMLElement | null = null;
  private detach: (() => void) | null = null;
  /** The view that `fit` made: while it is untouched, a new size of the container fits again. */
  private fitted: Viewport | null = null;

  constructor(options: EditorOptions) {
    super(options);
    this.styles = stylesOf(options.ontology);
  }

  // ---- life

  /** Puts the canvases into `container` and listens. Returns `dispose`. One container at a time. */
  attach(container: HTMLElement, options: AttachOptions = {}): () => void {
    this.dispose();
    this.container = container;
    container.tabIndex = 0;
    Object.assign(container.style, { overflow: 'hidden', touchAction: 'none', userSelect: 'none' });
    if (getComputedStyle(container).position === 'static') container.style.position = 'relative';
    const { clientWidth: width, clientHeight: height } = container;
    if (width > 0 && height > 0) this.resize({ width, height });
    const renderer = new Renderer(container, this);
    const unsubscribe = this.subscribe(() => renderer.schedule());
    const unlisten = listen(container, this, options.keys ?? 'window', (size) => this.resize(size));
    this.detach = () => {
      unlisten();
      unsubscribe();
      renderer.dispose();
    };
    renderer.schedule();
    return () => this.dispose();
  }

  /** Leaves the container; the document stays, and `attach` may follow. */
  dispose(): void {
    this.detach?.();
    this.detach = null;
    this.container = null;
  }

  protected override hasFocus(): boolean {
    return this.container === null || document.activeElement === this.container;
  }

  protected override leave(): boolean {
    if (this.container === null || document.activeElement !== this.container) return false;
    this.container.blur();
    return true;
  }

  // ---- what is shown

  /** `width` × `height` are the upright image's pixels, and the source's. Null: nothing to draw yet. */
  setImage(source: CanvasImageSource | null, width: number, height: number): void {
    const same = width === this.imageSize.width && height === this.imageSize.height;
    this.image = source;
    this.imageSize = { width, height };
    if (same) this.touch();
    else this.fit();
  }

  /** Finer pixels of a large picture, whose smaller copy `setImage` shows; null for none. */
  setTiles(source: TileSource | null): void {
    this.tilesStop?.();
    this.tiles = source;
    this.tilesStop =
      source?.subscribe(() => {
        this.tilesCame += 1;
        this.touch();
      }) ?? null;
    this.tilesCame += 1;
    this.touch();
  }

  override fit(): void {
    super.fit();
    this.fitted = this.viewport;
  }

  private resize(size: Size): void {
    const untouched = this.viewport === this.fitted;
    this.viewport = resized(this.viewport, size);
    if (untouched) this.fit();
    else this.setViewport(this.viewport);
  }

  setDisplay(display: Partial<Display>): void {
    this.display = { ...this.display, ...display };
    this.touch();
  }

  setOntology(ontology: Ontology): void {
    this.ontology = ontology;
    this.styles = stylesOf(ontology);
    if (!this.styles.has(this.currentLabelId ?? '')) this.setLabel(ontology.labels[0]?.id ?? null);
    this.refresh();
  }

  /** Changed shortcuts, by action; the rest stay as they are by default. Throws KeyClashError. */
  setKeys(changes: Partial<Record<ActionName, readonly string[]>>): void {
    this.keymap = new Keymap(changes);
  }

  onOps(listener: (ops: readonly DraftOp[]) => void): () => void {
    return this.document.onOps(listener);
  }

  // ---- the minimap

  minimap(): Minimap | null {
    return this.display.minimap ? minimapOf(this.viewport, this.imageSize) : null;
  }

  /** A press on the minimap moves the view, and goes on doing so wherever the pointer is dragged. */
  override pointer(type: PointerType, x: number, y: number, how: PointerModifiers = {}): void {
    const map = this.steering || type === 'down' ? this.minimap() : null;
    const { x1, y1, x2, y2 } = map?.frame ?? NOWHERE;
    const isOn = x >= x1 && x <= x2 && y >= y1 && y <= y2;
    if (type === 'down') this.steering = isOn && !how.button;
    if (!this.steering) return super.pointer(type, x, y, how);
    if (type === 'up') this.steering = false;
    else if (map && type !== 'leave') {
      this.setViewport(viewFrom(map, this.viewport, this.imageSize, screenPoint(x, y)));
    }
  }

  // ---- the scene, for the renderer

  draft(): Draft {
    return this.tool.draft();
  }

  styleOf(labelId: string): LabelStyle {
    return this.styles.get(labelId) ?? UNKNOWN_STYLE;
  }

  currentStyle(): LabelStyle {
    return this.styleOf(this.currentLabelId ?? '');
  }

  showsCrosshair(): boolean {
    return this.display.crosshair && this.cursor() === 'none';
  }

  showsHandles(): boolean {
    return this.tool.name === 'select';
  }
}
