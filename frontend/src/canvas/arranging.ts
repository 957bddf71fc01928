/** The verbs behind keys, buttons and menus: objects among one another. Copies, groups, order, joined polygons. */

import { addRegions, reorder } from './document/commands';
import { copiesOf } from './document/copies';
import { groupRegions, setOccluded, ungroupRegions } from './document/group-commands';
import type { DocState, Region } from './document/model';
import { batch } from './document/patches';
import { stepOrder } from './document/order-commands';
import { fillMasks, joinMasks, toMasks, toPolygons } from './document/mask-commands';
import { joinRegions, polygonsOf } from './document/shape-commands';
import { setKeyframe } from './document/track-commands';
import { EditorEditing } from './editing';
import { boundedShift, boxUnion } from './geometry/box';
import { shapeBounds } from './geometry/shape';
import { refusals } from './words';

/** A pasted twin lies this far from its origin, so that both are seen, image pixels. */
const PASTE_SHIFT_PX = 12;
/** Shared by all editors of the page: copy on one picture, paste on the next. `frame`: of a video, where they were. */
let clipboard: { readonly regions: readonly Region[]; readonly frame: number | null } = {
  regions: [],
  frame: null,
};

export class EditorArranging extends EditorEditing {
  // ---- copies

  /** Of a video, the selected tracks as they are at the frame shown. */
  selectedRegions(): Region[] {
    const { regions } = this.still;
    return this.selection.map((id) => regions.get(id)).filter((region) => region !== undefined);
  }

  copy(): void {
    const regions = this.selectedRegions();
    if (regions.length) clipboard = { regions, frame: this.frame };
  }

  cut(): void {
    this.copy();
    this.deleteSelection();
  }

  /**
   * Returns whether anything was pasted. Each further paste lies beside the one before. On another frame of a video
   * its tracks are put where they were copied; elsewhere they begin anew.
   */
  paste(): boolean {
    const { regions, frame } = clipboard;
    if (this.frame !== null && this.frame !== frame && this.putHere(regions)) return true;
    const state = this.still;
    const twin = regions.some((region) => state.regions.has(region.id)) ? PASTE_SHIFT_PX : 0;
    if (!this.addCopies(regions, 'Paste', twin)) return false;
    this.copy();
    return true;
  }

  /** Keyframes of those tracks that the document still has. Returns whether it has any. */
  private putHere(regions: readonly Region[]): boolean {
    const frame = this.frame ?? 0;
    const known = regions.filter((region) => this.document.state.tracks.has(region.id));
    const steps = known.map(
      ({ id, shape, occluded }) =>
        (state: DocState) =>
          setKeyframe(state, id, frame, { shape, occluded, outside: false }),
    );
    this.run(batch(this.document.state, 'Paste', steps));
    if (known.length) this.select(known.map((region) => region.id));
    return known.length > 0;
  }

  /** Copies at the very same place with ids of their own: the next picture of a burst. Returns how many. */
  propagate(regions: readonly Region[]): number {
    return this.addCopies(regions, 'Bring objects along', 0);
  }

  private addCopies(origins: readonly Region[], name: string, shift: number): number {
    const taken =
      this.frame === null
        ? origins
        : origins.filter((region) => this.takes(region.shape.type, region.labelId));
    const bounds = boxUnion(taken.map((region) => shapeBounds(region.shape)));
    if (!bounds) return 0;
    const known = new Set(this.ontology.labels.map((label) => label.id));
    const fresh = copiesOf(taken, {
      size: this.imageSize,
      shift: boundedShift(bounds, shift, shift, this.imageSize),
      knows: (labelId) => known.has(labelId),
    });
    const command = this.made((state) => addRegions(state, fresh, name));
    if (!this.run(command)) return 0;
    this.select(command?.patches.map((patch) => patch.id) ?? []);
    return fresh.length;
  }

  // ---- among one another

  groupSelection(): void {
    this.run(groupRegions(this.document.state, this.selection));
  }

  ungroupSelection(): void {
    this.run(ungroupRegions(this.document.state, this.selection));
  }

  /** Covered by something else, or not where all of them are. */
  toggleOccludedRegions(): void {
    const all = this.selectedRegions();
    this.run(
      setOccluded(
        this.document.state,
        this.selection,
        all.some((region) => !region.occluded),
      ),
    );
  }

  reorderSelection(to: 'front' | 'back'): void {
    this.run(reorder(this.document.state, this.selection, to));
  }

  stepSelection(step: 1 | -1): void {
    this.run(stepOrder(this.document.state, this.selection, step));
  }

  /** Whether J would do something, and why not. */
  joinable(): 'yes' | 'too-few' | 'apart' {
    if (polygonsOf(this.document.state, this.selection).length < 2) return 'too-few';
    return joinRegions(this.document.state, this.selection) ? 'yes' : 'apart';
  }

  /** Joins the selected polygons where they touch. Returns whether they were joined; the notice says why not. */
  joinSelection(): boolean {
    const isPair = polygonsOf(this.document.state, this.selection).length > 1;
    const { state } = this.document;
    const command = joinRegions(state, this.selection) ?? joinMasks(state, this.selection);
    const kept = command?.patches[0]?.id;
    if (!this.run(command)) {
      this.say(isPair ? refusals.joinApart : refusals.joinTooFew);
      return false;
    }
    if (kept) this.select([kept]);
    return true;
  }

  // ---- masks

  /** Fills what the selected masks shut in. */
  fillHoles(): boolean {
    const done = this.run(this.made((state) => fillMasks(state, this.selection)));
    if (!done) this.say(refusals.noHoles);
    return done;
  }

  /** Selected areas become pixels, where their labels take masks. */
  selectionToMasks(): boolean {
    const done = this.run(toMasks(this.document.state, this.selection, this.allowing('mask')));
    if (!done) this.say(refusals.noMaskMade);
    return done;
  }

  /** Selected masks become polygons, one an island, where their labels take polygons. */
  selectionToPolygons(tolerance?: number): boolean {
    const command = toPolygons(this.document.state, this.selection, this.allowing('polygon'), tolerance);
    if (!this.run(command)) {
      this.say(refusals.noPolygonMade);
      return false;
    }
    this.select(command?.patches.flatMap((patch) => (patch.after ? [patch.id] : [])) ?? []);
    return true;
  }

  private allowing(shape: 'mask' | 'polygon'): (labelId: string) => boolean {
    return (labelId) => {
      const label = this.labelOf(labelId);
      return label !== undefined && this.allows(label, shape);
    };
  }
}
