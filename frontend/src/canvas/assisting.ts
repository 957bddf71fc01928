/** The verbs of the smart tool and of what models found later: kept apart, so that the rest needs no assist. */

import type { Suggestion } from './document/model';
import { ringsToSpans } from './geometry/raster';
import { shapeBounds, shapeOutline, type Shape } from './geometry/shape';
import { maskSpans } from './geometry/shapes/mask';
import type { Spans } from './geometry/spans';
import type { SmartProvider } from './tools/smart-provider';
import type { Viewport } from './viewport/viewport';
import { EditorTracking } from './tracking';
import { refusals } from './words';

/** Shapes that are an area: something to outline. A box says only where to look. */
const AREAS: readonly Shape['type'][] = ['polygon', 'mask', 'ellipse', 'box'];

const OUTLINES: readonly Shape['type'][] = ['polygon', 'mask'];

function pixelsOf(shape: Shape): Spans {
  return shape.type === 'mask' ? maskSpans(shape) : ringsToSpans(shapeOutline(shape).rings);
}

export class EditorAssisting extends EditorTracking {
  setSmartProvider(provider: SmartProvider | null): void {
    this.smart.setProvider(provider);
  }

  /** What was looked up for a resting pointer is of another view now. */
  override setViewport(view: Viewport): void {
    super.setViewport(view);
    this.smart.away();
  }

  /** Tab, while the smart tool offers several outlines: the next of them. False where there is no choice. */
  chooseOutline(step: 1 | -1): boolean {
    return this.tool === this.smart && this.smart.key(step > 0 ? 'Next' : 'Previous');
  }

  /** What Enter does under the smart tool, for a finger. */
  keepOutline(): boolean {
    return this.tool === this.smart && this.smart.key('Enter');
  }

  /**
   * Outlines the selected region anew (of suggestions: makes outlines of their boxes), starting from its own pixels: clicks correct it, Enter puts the new shape in
   * the old one's place, Esc leaves it as it was. The select tool comes back with the region still selected.
   */
  refineSelection(): boolean {
    const { suggestions } = this.document.state;
    const proposed = this.selection.filter((id) => suggestions.get(id)?.status === 'open');
    if (proposed.length > 0) return this.outlineSuggestions(proposed);
    const [region, ...more] = this.selectedRegions();
    // A track keeps its shape.
    const areas = this.frame === null ? AREAS : OUTLINES;
    if (!region || more.length > 0 || region.locked || !areas.includes(region.shape.type)) {
      this.say(refusals.refineOne);
      return false;
    }
    if (this.smart.status().state === 'unavailable') {
      this.say(refusals.noAssist);
      return false;
    }
    const { id, labelId, shape } = region;
    if (this.frame !== null && shape.type !== 'box') {
      this.setOptions({ smartOutput: shape.type === 'mask' ? 'mask' : 'polygon' });
    }
    const { x1, y1, x2, y2 } = shapeBounds(shape);
    this.setTool('smart');
    const done = (): void => {
      if (this.tool === this.smart) this.setTool('select');
    };
    const memory = shape.type === 'box' ? null : { spans: pixelsOf(shape) };
    this.smart.refine({ id, labelId, done }, { x1, y1, x2, y2 }, memory);
    return true;
  }

  /** Box suggestions become outlines and stay suggestions: these, or for none all of the picture. */
  outlineSuggestions(ids: readonly string[] = []): boolean {
    const { provider } = this.smart;
    if (provider?.outlineSuggestions) provider.outlineSuggestions(ids);
    else this.say(refusals.noAssist);
    return true;
  }

  /** Everything in the smart tool's box, without one in the whole picture, as suggestions. */
  findEverything(): boolean {
    const { provider, box } = this.smart;
    if (provider?.everything) provider.everything(this.tool === this.smart ? box : null);
    else this.say(refusals.noAssist);
    if (this.tool === this.smart) this.smart.cancel();
    return true;
  }

  /** What a model proposes now: open suggestions that are not in the list are gone, decided ones stay as they are. */
  replaceSuggestions(suggestions: readonly Suggestion[]): void {
    const wanted = new Set(suggestions.map((each) => each.id));
    const open = [...this.document.state.suggestions.values()].filter((each) => each.status === 'open');
    this.document.dropSuggestions(open.map((each) => each.id).filter((id) => !wanted.has(id)));
    this.addSuggestions(suggestions);
  }
}
