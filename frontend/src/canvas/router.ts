/** Sends keys to the tool or to an action. Still without DOM. */

import { Keymap, type ActionName, type KeyInput } from './keymap';
import { EditorPointing } from './pointing';

export type { PointerModifiers } from './pointing';

const NUDGE_FAR_PX = 10;
const ZOOM_STEP = 1.25;
/** These change nothing at the frame shown; what is undone is what was done last, wherever. */
const BLIND: ReadonlySet<ActionName> = new Set<ActionName>([
  'undo',
  'redo',
  'fit',
  'zoomIn',
  'zoomOut',
  'actualSize',
  'nextObject',
  'previousObject',
]);

export class EditorRouter extends EditorPointing {
  keymap = new Keymap();

  // ---- keys

  /** Returns whether the key meant something here; the host then calls preventDefault. */
  handleKey(input: KeyInput): boolean {
    if (input.key === ' ' && this.frame === null && !input.ctrlKey) {
      this.spaceHeld = true;
      this.touch();
      return true;
    }
    const plain = !input.ctrlKey && !input.metaKey && !input.altKey;
    const labelId = plain ? this.labelOfKey(input.key) : undefined;
    const action = this.keymap.actionOf(input);
    if (labelId === undefined && action === null) return false;
    // Held, so that the browser makes nothing of it either; Alt with an arrow is the browser's unless one is selected.
    if (this.isCovered && !(labelId === undefined && action && BLIND.has(action)))
      return !input.altKey || this.selection.length > 0;
    if (labelId !== undefined) this.pickLabel(labelId);
    return labelId !== undefined || (action !== null && this.perform(action));
  }

  handleKeyUp(input: KeyInput): void {
    if (input.key !== ' ') return;
    this.spaceHeld = false;
    this.touch();
  }

  /** A label's own shortcut goes first (letters lose against the keymap); else 1–9, 0 are the first ten. */
  private labelOfKey(key: string): string | undefined {
    const { labels } = this.ontology;
    const isDigit = /^[0-9]$/.test(key);
    const own = labels.find((each) => each.shortcut && each.shortcut.toLowerCase() === key.toLowerCase());
    const free = isDigit || this.keymap.actionOf({ key }) === null;
    const byPlace = isDigit ? labels[key === '0' ? 9 : Number(key) - 1] : undefined;
    return ((free ? own : undefined) ?? (byPlace?.shortcut ? undefined : byPlace))?.id;
  }

  /** Does what the key of that name does. False where it does not apply now. */
  perform(action: ActionName): boolean {
    const verb = this.verbs[action];
    return verb() !== false;
  }

  /** Esc with nothing to cancel leaves the canvas. Returns whether it had the focus. */
  protected leave(): boolean {
    return false;
  }

  private onSelection(verb: () => void): boolean {
    if (this.selection.length === 0) return false;
    verb();
    return true;
  }

  private cycle(step: 1 | -1): boolean {
    if (!this.hasFocus()) return false;
    if (this.chooseOutline(step)) return true;
    if (this.itemSet.all.length === 0) return false;
    this.selectNext(step);
    return true;
  }

  private escape(): boolean {
    this.restKeyCursor();
    if (this.tool.cancel() || this.dropKeyCursor()) return true;
    if (this.selection.length === 0) return this.leave();
    this.select([]);
    return true;
  }

  /** Arrows move the drawing cursor under a tool that draws, else the selection. */
  private arrow(dx: number, dy: number): boolean {
    return this.moveKeyCursor(dx, dy) || this.nudge(dx, dy);
  }

  private onTrack(verb: () => void): boolean {
    return this.frame !== null && this.onSelection(verb);
  }

  /** An action answers false where it did nothing, so that the host may use the key. */
  private readonly verbs: Readonly<Record<ActionName, () => unknown>> = {
    undo: () => this.undo(),
    redo: () => this.redo(),
    copy: () => this.onSelection(() => this.copy()),
    cut: () => this.onSelection(() => this.cut()),
    paste: () => this.paste(),
    selectAll: () => this.selectAll(),
    delete: () => this.onSelection(() => this.deleteSelection()),
    nextObject: () => this.cycle(1),
    previousObject: () => this.cycle(-1),
    hide: () => this.onSelection(() => this.hideSelection()),
    showAll: () => this.showAll(),
    lock: () => this.onSelection(() => this.toggleLock()),
    front: () => this.onSelection(() => this.reorderSelection('front')),
    back: () => this.onSelection(() => this.reorderSelection('back')),
    stepUp: () => this.onSelection(() => this.stepSelection(1)),
    stepDown: () => this.onSelection(() => this.stepSelection(-1)),
    group: () => this.onSelection(() => this.groupSelection()),
    ungroup: () => this.onSelection(() => this.ungroupSelection()),
    join: () => this.onSelection(() => (this.frame === null ? this.joinSelection() : this.joinTracks())),
    acceptSuggestion: () => this.accept(),
    rejectSuggestion: () => this.reject(),
    editSuggestion: () => this.onSelection(() => this.takeOver()),
    acceptAll: () => this.acceptAllShown(),
    drawAgain: () => this.drawAgain(),
    toolSelect: () => this.setTool('select'),
    toolBox: () => this.setTool('box'),
    toolPolygon: () => this.setTool('polygon'),
    fillHoles: () => this.onSelection(() => this.fillHoles()),
    toMask: () => this.onSelection(() => this.selectionToMasks()),
    toPolygon: () => this.onSelection(() => this.selectionToPolygons()),
    toolPolyline: () => this.setTool('polyline'),
    toolPoints: () => this.setTool('points'),
    toolEllipse: () => this.setTool('ellipse'),
    toolCuboid: () => this.setTool('cuboid'),
    toolSkeleton: () => this.setTool('skeleton'),
    toolBrush: () => this.setTool('brush'),
    toolEraser: () => this.setTool('eraser'),
    toolCut: () => this.setTool('cut'),
    toolMeasure: () => this.setTool('measure'),
    brushSmaller: () => this.stepBrush(-1),
    brushLarger: () => this.stepBrush(1),
    snap: () => this.setOptions({ snap: !this.options.snap }),
    toolSmart: () => this.setTool('smart'),
    nextOutline: () => this.chooseOutline(1),
    previousOutline: () => this.chooseOutline(-1),
    refine: () => this.refineSelection(),
    refineAll: () => this.outlineSuggestions(),
    everything: () => this.findEverything(),
    toolPan: () => this.setTool('pan'),
    fit: () => this.fit(),
    zoomIn: () => this.zoomBy(ZOOM_STEP),
    zoomOut: () => this.zoomBy(1 / ZOOM_STEP),
    actualSize: () => this.actualSize(),
    nudgeLeft: () => this.arrow(-1, 0),
    nudgeRight: () => this.arrow(1, 0),
    nudgeUp: () => this.arrow(0, -1),
    nudgeDown: () => this.arrow(0, 1),
    nudgeLeftFar: () => this.arrow(-NUDGE_FAR_PX, 0),
    nudgeRightFar: () => this.arrow(NUDGE_FAR_PX, 0),
    nudgeUpFar: () => this.arrow(0, -NUDGE_FAR_PX),
    nudgeDownFar: () => this.arrow(0, NUDGE_FAR_PX),
    resizeRight: () => this.grow(1, 0),
    resizeLeft: () => this.grow(-1, 0),
    resizeDown: () => this.grow(0, 1),
    resizeUp: () => this.grow(0, -1),
    resizeRightFar: () => this.grow(NUDGE_FAR_PX, 0),
    resizeLeftFar: () => this.grow(-NUDGE_FAR_PX, 0),
    resizeDownFar: () => this.grow(0, NUDGE_FAR_PX),
    resizeUpFar: () => this.grow(0, -NUDGE_FAR_PX),
    keyframe: () => this.onTrack(() => this.toggleKeyframe()),
    outside: () => this.onTrack(() => this.toggleTrackFlag('outside')),
    splitTrack: () => this.onTrack(() => this.splitSelection()),
    startHere: () => this.onTrack(() => this.startSelectionHere()),
    endHere: () => this.onTrack(() => this.endSelectionHere()),
    extendHere: () => this.onTrack(() => this.extendSelectionHere()),
    handOver: () => this.onTrack(() => this.handOverSelection()),
    swapTracks: () => this.onTrack(() => this.swapSelection()),
    holdNext: () => this.onTrack(() => this.holdSelection(this.options.holdFrames)),
    occluded: () => this.onSelection(() => this.toggleOccluded()),
    finish: () => this.pressKeyCursor() || this.tool.key('Enter'),
    removeLast: () => this.tool.key('Backspace') || this.onSelection(() => this.deleteSelection()),
    cancel: () => this.escape(),
  };
}
