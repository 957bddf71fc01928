/** The verbs behind keys, buttons and menus: suggestions and the view. */

import { EditorArranging } from './arranging';
import { byScore, isShown, type Suggestion } from './document/model';
import type { Command } from './document/patches';
import { acceptSuggestions, fixSuggestion, rejectSuggestions } from './document/suggestion-commands';
import { nearestFrame } from './document/tracks';
import { screenPoint } from './geometry/points';
import { shapeBounds } from './geometry/shape';
import { fitBox, zoomAt } from './viewport/viewport';

/** Focus on an object leaves room around it and stops short of single pixels. */
const FOCUS_MARGIN_PX = 120;
const FOCUS_SCALE_MAX = 8;

export class EditorDeciding extends EditorArranging {
  // ---- suggestions

  /** Open suggestions with a shape at or above the slider, best first. */
  shownSuggestions(): Suggestion[] {
    return [...this.document.state.suggestions.values()]
      .filter((each) => isShown(each, this.threshold))
      .sort((a, b) => byScore(a, b) || (a.id < b.id ? -1 : 1));
  }

  accept(ids: readonly string[] = this.selection): void {
    this.decide(ids, () => acceptSuggestions(this.document.state, ids, this.valuesOf));
  }

  reject(ids: readonly string[] = this.selection): void {
    this.decide(ids, () => rejectSuggestions(this.document.state, ids));
  }

  /** Accepts everything at or above the slider, tags too, in one step of history. */
  acceptAllShown(): void {
    const ids = this.shownSuggestions().map((each) => each.id);
    this.run(acceptSuggestions(this.document.state, ids, this.valuesOf));
  }

  /** E: the suggestion becomes a region of the person's, selected, with its handles out. */
  takeOver(id: string | undefined = this.selection[0]): void {
    if (id === undefined || !this.run(fixSuggestion(this.document.state, id, {}, this.valuesOf))) return;
    const regionId = this.document.state.suggestions.get(id)?.regionId;
    this.setTool('select');
    this.select(regionId ? [regionId] : []);
  }

  /** Decides, then goes to the next suggestion, so that A, A, R, A walks through them all. */
  private decide(ids: readonly string[], command: () => Command | null): void {
    const before = this.shownSuggestions();
    const at = before.findIndex((each) => ids.includes(each.id));
    if (at >= 0 && !this.run(command())) return;
    const left = new Set(this.shownSuggestions().map((each) => each.id));
    const after = [...before.slice(Math.max(at, 0)), ...before].find(
      (each) => left.has(each.id) && each.shape !== null,
    );
    this.select(after ? [after.id] : []);
    if (after && this.goTo(after.id)) return;
    if (after?.shape) this.reveal(after.shape);
  }

  /** Video: asks for the nearest frame on which a track, or a suggested one, is there. False where that is this one. */
  private goTo(id: string): boolean {
    const { suggestions, tracks } = this.document.state;
    const keyframes = tracks.get(id)?.keyframes ?? suggestions.get(id)?.track;
    const frame = keyframes && this.frame !== null ? nearestFrame({ keyframes }, this.frame) : null;
    if (frame === null || frame === this.frame) return false;
    this.seek(frame);
    return true;
  }

  // ---- view

  /** `factor` > 1 zooms in, about the middle of the container. */
  zoomBy(factor: number): void {
    const { width, height } = this.viewport;
    this.setViewport(zoomAt(this.viewport, factor, screenPoint(width / 2, height / 2)));
  }

  actualSize(): void {
    this.zoomBy(1 / this.viewport.scale);
  }

  /** Goes to an object and fills the view with it; on a video first to a frame on which it is there. */
  focusOn(id: string): void {
    const item = this.itemSet.get(id);
    if (!item && this.goTo(id)) return this.select([id]);
    if (!item) return;
    this.select([id]);
    this.setViewport(fitBox(this.viewport, shapeBounds(item.shape), FOCUS_MARGIN_PX, FOCUS_SCALE_MAX));
  }
}
