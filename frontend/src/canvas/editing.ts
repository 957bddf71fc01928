/** The verbs behind keys, buttons and menus, first half: tools, history, objects and labels. */

import { EditorCore } from './core';
import {
  addTag,
  changeLabel,
  removeRegions,
  removeTag,
  setAttributes,
  setFlags,
  type Flags,
} from './document/commands';
import {
  labelAllows,
  labelTracks,
  type Attributes,
  type DocState,
  type DocumentData,
  type LabelDef,
  type Suggestion,
} from './document/model';
import { batch } from './document/patches';
import { fixSuggestion, rejectSuggestions } from './document/suggestion-commands';
import { changeTrackLabel, removeTracks, setTrackAttributes, setTrackFlags } from './document/track-commands';
import { shapeOfTrack } from './document/tracks';
import { boundedShift, boxUnion } from './geometry/box';
import { growShapes } from './geometry/grow';
import { SHAPE_TYPES, shapeBounds, translateShape, type Shape } from './geometry/shape';
import { brushStep, type ToolOptions } from './tools/options';
import type { ToolName } from './tools/tool';
import { DRAW_TOOLS } from './tools/toolbox';
import { refusals } from './words';

export class EditorEditing extends EditorCore {
  // ---- tools, history, document

  setTool(name: ToolName): void {
    if (this.tool.name === name) return;
    this.tool.cancel();
    this.hover(null);
    this.tool = this.tools[name];
    if (DRAW_TOOLS.includes(name)) this.lastDrawTool = name;
    this.notice = null;
    if (name === 'skeleton' && !this.skeletonTemplate()) this.say(refusals.noSkeleton);
    this.touch();
  }

  /** How tools draw. A box begun in one way is dropped when the way changes. */
  setOptions(options: Partial<ToolOptions>): void {
    if (options.boxBy && options.boxBy !== this.options.boxBy) this.tools.box.cancel();
    this.options = { ...this.options, ...options };
    this.touch();
  }

  stepBrush(step: 1 | -1): void {
    this.setOptions({ brushPx: brushStep(this.options.brushPx, step) });
  }

  /** N: the last drawing tool again. */
  drawAgain(): void {
    this.setTool(this.lastDrawTool);
  }

  /** With a shape on its way it takes back that shape's last point, or the drag, and no more. */
  undo(): void {
    if (this.tool.key('Backspace') || this.tool.cancel() || !this.document.undo()) return;
    this.refresh();
  }

  redo(): void {
    if (this.tool.cancel() || !this.document.redo()) return;
    this.refresh();
  }

  /** The next task, or the result of a merge. History is forgotten, nothing is sent. */
  loadDocument(data: DocumentData): void {
    this.tool.cancel();
    this.document.replace(data);
    this.selection = [];
    this.refresh();
  }

  addSuggestions(suggestions: readonly Suggestion[]): void {
    this.document.addSuggestions(suggestions);
    this.refresh();
  }

  /** Video: the frame shown, and the first behind those that may be drawn on. Null for a still image. */
  setFrame(frame: number | null, frameEnd = this.frameEnd): void {
    this.frameEnd = frameEnd;
    if (frame === this.frame) return;
    this.tool.cancel();
    this.frame = frame;
    this.refresh();
  }

  setThreshold(threshold: number): void {
    this.threshold = threshold;
    this.refresh();
  }

  // ---- objects

  deleteSelection(): void {
    const ids = this.selection;
    this.run(
      batch(this.document.state, 'Delete', [
        (state) => removeRegions(state, ids),
        (state) => removeTracks(state, ids),
        (state) => rejectSuggestions(state, ids),
      ]),
    );
  }

  selectAll(): void {
    this.select(this.itemSet.all.filter((item) => item.kind !== 'suggestion').map((item) => item.id));
  }

  /** Tab: the next (or previous) visible object, brought into sight. */
  selectNext(step: 1 | -1): void {
    const { all } = this.itemSet;
    if (all.length === 0) return;
    const at = all.findIndex((item) => item.id === this.selection[0]);
    const start = at < 0 && step < 0 ? 0 : at;
    const next = all[(start + step + all.length) % all.length];
    if (!next) return;
    this.select([next.id]);
    this.reveal(next.shape);
  }

  /** Moves the selection by image pixels; repeated nudges undo as one. */
  nudge(dx: number, dy: number): boolean {
    const items = this.selectedItems().filter((item) => !item.locked && item.kind !== 'suggestion');
    const bounds = boxUnion(items.map((item) => shapeBounds(item.shape)));
    if (!bounds) return false;
    const [sx, sy] = boundedShift(bounds, dx, dy, this.imageSize);
    const shapes = new Map<string, Shape>(items.map((item) => [item.id, translateShape(item.shape, sx, sy)]));
    this.commitShapes(shapes, 'Move', 'nudge');
    return true;
  }

  /** Makes the selection wider and taller by image pixels; repeated steps undo as one. */
  grow(dx: number, dy: number): boolean {
    const items = this.selectedItems().filter((item) => !item.locked && item.kind !== 'suggestion');
    const grown = growShapes(
      items.map((item) => item.shape),
      dx,
      dy,
      this.imageSize,
    );
    this.commitShapes(new Map(items.map((item, at) => [item.id, grown[at] ?? item.shape])), 'Resize', 'grow');
    return items.length > 0;
  }

  /**
   * Changes the label of regions, tracks and (by mending them) suggestions whose shape it allows; of the rest
   * the notice tells. Attributes that the new label knows too keep their values.
   */
  setLabelOf(ids: readonly string[], labelId: string): void {
    const label = this.labelOf(labelId);
    if (!label) return;
    const fits = ids.filter((id) => this.fits(label, id));
    const values = (given: Attributes): Attributes => this.valuesOf(labelId, given);
    this.run(
      batch(this.document.state, 'Change label', [
        (state) => changeLabel(state, fits, labelId, values),
        (state) => changeTrackLabel(state, fits, labelId, values),
        ...fits.map((id) => (state: DocState) => fixSuggestion(state, id, { labelId }, this.valuesOf)),
      ]),
    );
    const left = ids.length - fits.length;
    if (left > 0) this.say(refusals.labelDoesNotFit(label.name, left));
  }

  private fits(label: LabelDef, id: string): boolean {
    const { regions, suggestions, tracks } = this.document.state;
    const shape = regions.get(id)?.shape ?? suggestions.get(id)?.shape;
    const track = tracks.get(id);
    const drawn = track && shapeOfTrack(track);
    if (drawn) return drawn === 'tag' ? labelAllows(label, 'tag') : labelTracks(label, drawn);
    return shape != null && this.allows(label, shape.type);
  }

  /**
   * A digit or a click in the label list: relabels the selection under the select tool, else sets the
   * label of what is drawn next. A label for tags only is set or removed on the picture.
   */
  pickLabel(labelId: string): void {
    const label = this.labelOf(labelId);
    if (!label) return;
    const drawn = [...SHAPE_TYPES, 'track'].some((shape) => labelAllows(label, shape));
    if (!drawn) return this.toggleTag(labelId);
    if (this.tool.name === 'select') this.setLabelOf(this.selection, labelId);
    this.setLabel(labelId);
  }

  toggleTag(labelId: string): void {
    const tag = [...this.document.state.tags.values()].find((each) => each.labelId === labelId);
    this.run(tag ? removeTag(this.document.state, tag.id) : addTag(this.document.state, labelId));
  }

  /** Of tracks for all frames, or with `fromHere` from the frame shown to where it is said otherwise. */
  setAttributesOf(ids: readonly string[], attributes: Attributes, fromHere = false): void {
    this.run(this.attributesCommand(ids, attributes, fromHere ? this.frame : null));
  }

  /**
   * What was typed, of tracks for all frames (null) or from the frame on which it was begun: that one was seen, whatever
   * is shown or still coming by now.
   */
  writeAttributesOf(ids: readonly string[], attributes: Attributes, begunOn: number | null): void {
    this.take(this.attributesCommand(ids, attributes, begunOn));
  }

  private attributesCommand(ids: readonly string[], attributes: Attributes, from: number | null) {
    return batch(this.document.state, 'Change attributes', [
      (state) => setAttributes(state, ids, attributes),
      (state) => setTrackAttributes(state, ids, from, attributes),
    ]);
  }

  setFlagsOf(ids: readonly string[], flags: Flags): void {
    const { state } = this.document;
    const name = flags.hidden === undefined ? 'Lock' : 'Hide';
    const command = batch(state, name, [(s) => setFlags(s, ids, flags), (s) => setTrackFlags(s, ids, flags)]);
    this.run(command);
  }

  hideSelection(): void {
    this.setFlagsOf(this.selection, { hidden: true });
    this.select([]);
  }

  showAll(): void {
    const { regions, tracks } = this.document.state;
    const hidden = [...regions.values(), ...tracks.values()].filter((row) => row.hidden);
    this.setFlagsOf(
      hidden.map((row) => row.id),
      { hidden: false },
    );
  }

  /** Locks the selection, or unlocks it where all of it is locked. */
  toggleLock(): void {
    const items = this.selectedItems();
    this.setFlagsOf(this.selection, { locked: items.some((item) => !item.locked) });
  }

  /** Pans as little as needed to have a shape's middle in sight. */
  protected reveal(shape: Shape): void {
    const { x1, y1, x2, y2 } = shapeBounds(shape);
    const { scale, x, y, width, height } = this.viewport;
    const sx = ((x1 + x2) / 2) * scale + x;
    const sy = ((y1 + y2) / 2) * scale + y;
    if (sx >= 0 && sx <= width && sy >= 0 && sy <= height) return;
    this.panBy(width / 2 - sx, height / 2 - sy);
  }
}
