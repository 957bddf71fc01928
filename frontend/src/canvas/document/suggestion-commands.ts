/** Decisions on a model's suggestions: accepted, mended or rejected, each recorded beside what it made. */

import type { Shape } from '../geometry/shape';
import { addTag, regionOf } from './commands';
import { newId } from './ids';
import type { Attributes, DocState, Keyframe, Suggestion, Track } from './model';
import { commandOf, put, type Command, type Patch } from './patches';
import { trackAt, withKeyframe } from './tracks';

function open(state: DocState, ids: Iterable<string>): Suggestion[] {
  const found: Suggestion[] = [];
  for (const id of ids) {
    const suggestion = state.suggestions.get(id);
    if (suggestion?.status === 'open') found.push(suggestion);
  }
  return found;
}

/** What an object of a label says of its attributes, given what the model said. */
export type ValuesOf = (labelId: string, given: Attributes) => Attributes;
const asGiven: ValuesOf = (_, given) => given;

/** Keyframes with the place that a person drew at a frame. */
function mendedTrack(
  keyframes: readonly Keyframe[],
  shape: Shape | undefined,
  frame: number | null,
): readonly Keyframe[] {
  if (!shape || frame === null) return keyframes;
  const occluded = trackAt({ keyframes }, frame)?.occluded ?? false;
  return withKeyframe(keyframes, { frame, shape, outside: false, occluded });
}

/** A suggested track becomes one. `before`: the suggestion as it stands, where it was mended on the way. */
function trackOf(
  suggestion: Suggestion,
  fields: Pick<Track, 'labelId' | 'attributes' | 'source'>,
  status: 'accepted' | 'fixed',
  before = suggestion,
): Patch[] {
  const { id: suggestionId, track: keyframes = [] } = suggestion;
  const track: Track = { ...fields, id: newId(), suggestionId, keyframes, hidden: false, locked: false };
  return [put('tracks', null, track), put('suggestions', before, { ...before, status, regionId: track.id })];
}

function acceptOne(state: DocState, suggestion: Suggestion, offset: number, valuesOf: ValuesOf): Patch[] {
  const { labelId, shape, score } = suggestion;
  const attributes = valuesOf(labelId, suggestion.attributes);
  if (suggestion.track) return trackOf(suggestion, { labelId, attributes, source: 'model' }, 'accepted');
  if (shape) {
    const fields = {
      labelId,
      shape,
      attributes,
      score,
      source: 'model',
      suggestionId: suggestion.id,
    } as const;
    const region = regionOf(state, fields, offset);
    const decided = { ...suggestion, status: 'accepted', regionId: region.id } as const;
    return [put('regions', null, region), put('suggestions', suggestion, decided)];
  }
  const tag = addTag(state, labelId, { source: 'model', suggestionId: suggestion.id, attributes });
  const added = tag?.patches ?? [];
  const decided = { ...suggestion, status: 'accepted', regionId: added[0]?.id ?? null } as const;
  return [...added, put('suggestions', suggestion, decided)];
}

/** Every open one of `ids` becomes a region (or tag) as it is, with `source: 'model'`. */
export function acceptSuggestions(
  state: DocState,
  ids: Iterable<string>,
  valuesOf: ValuesOf = asGiven,
): Command | null {
  const seenTags = new Set<string>();
  const patches = open(state, ids).flatMap((suggestion, index) => {
    // Two suggestions of one tag: the second is decided with the first, not turned into a twin.
    if (!suggestion.shape && seenTags.has(suggestion.labelId)) {
      return [put('suggestions', suggestion, { ...suggestion, status: 'accepted' })];
    }
    if (!suggestion.shape) seenTags.add(suggestion.labelId);
    return acceptOne(state, suggestion, index, valuesOf);
  });
  return commandOf(patches.length > 2 ? 'Accept suggestions' : 'Accept suggestion', patches);
}

export function rejectSuggestions(state: DocState, ids: Iterable<string>): Command | null {
  const patches = open(state, ids).map((suggestion) =>
    put('suggestions', suggestion, { ...suggestion, status: 'rejected' }),
  );
  return commandOf(patches.length > 1 ? 'Reject suggestions' : 'Reject suggestion', patches);
}

/** A person takes a suggestion over to mend it: a region with `source: 'person'`, the suggestion is `fixed`. */
export function fixSuggestion(
  state: DocState,
  id: string,
  change: { shape?: Shape; labelId?: string; frame?: number | null } = {},
  valuesOf: ValuesOf = asGiven,
): Command | null {
  const [suggestion] = open(state, [id]);
  const shape = change.shape ?? suggestion?.shape;
  if (!suggestion || !shape) return null;
  const labelId = change.labelId ?? suggestion.labelId;
  if (suggestion.track) {
    const attributes = valuesOf(labelId, suggestion.attributes);
    const track = mendedTrack(suggestion.track, change.shape, change.frame ?? null);
    const fields = { labelId, attributes, source: 'person' } as const;
    return commandOf('Fix suggestion', trackOf({ ...suggestion, track }, fields, 'fixed', suggestion));
  }
  const region = regionOf(state, {
    labelId,
    shape,
    attributes: valuesOf(labelId, suggestion.attributes),
    score: suggestion.score,
    source: 'person',
    suggestionId: id,
  });
  return commandOf('Fix suggestion', [
    put('regions', null, region),
    put('suggestions', suggestion, { ...suggestion, status: 'fixed', regionId: region.id }),
  ]);
}
