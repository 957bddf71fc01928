/**
 * What is done to whole tracks: split, joined, handed over, begun and ended elsewhere, held still. Each is a pure
 * function of the state, one step of history; null where nothing would change or it cannot be. `last`: the video's
 * last frame, beyond which nothing can be stated.
 */

import { newId } from './ids';
import type { Attributes, DocState, Keyframe, Track } from './model';
import { applyPatches, batch, commandOf, drop, put, type Command } from './patches';
import { change, editable, statedAt } from './track-commands';
import { saidUpTo, shapeOfTrack, trackAt, trackSpans, withKeyframe, type Span } from './tracks';

const isThere = (track: Track, frame: number): boolean => trackAt(track, frame)?.outside === false;

/** The first keyframe of a part that begins at `frame`: as it is there, with all that was said of attributes. */
function opening(track: Track, frame: number): Keyframe | null {
  const place = trackAt(track, frame);
  if (!place) return null;
  const stated = track.keyframes.find((each) => each.frame === frame);
  const said = saidUpTo(track, frame);
  const attributes = Object.keys(said).length ? { attributes: said } : {};
  const { shape, outside, occluded } = place;
  return { ...(stated ?? { frame, shape, outside, occluded, by: 'interpolation' }), ...attributes };
}

/** The keyframes before `frame`, so that all before it stays as it is without those after. */
function headOf(track: Track, frame: number): Keyframe[] {
  const head = track.keyframes.filter((each) => each.frame < frame);
  const place = trackAt(track, frame - 1);
  const next = track.keyframes.find((each) => each.frame >= frame);
  if (!place || place.isKeyframe || place.outside || !next || next.outside) return head;
  if (place.shape === head.at(-1)?.shape) return head;
  // Nobody stated it: it is where it was on its way.
  const { shape, outside, occluded } = place;
  return [...head, { frame: frame - 1, shape, outside, occluded, by: 'interpolation' }];
}

function endAt(track: Track, frame: number): Keyframe | null {
  const stated = statedAt(track, frame);
  return stated && { frame, shape: stated.shape, outside: true, occluded: false };
}

const isSeen = (keyframes: readonly Keyframe[]): boolean => keyframes.some((each) => !each.outside);

// ---- split and join

/** Cuts a track in two: the second starts at `frame` with a keyframe. Null where one of the two would be empty. */
export function splitTrack(state: DocState, id: string, frame: number): Command | null {
  const track = editable(state, id);
  const start = track && opening(track, frame);
  const head = track ? headOf(track, frame) : [];
  if (!track || !start || !isSeen(head)) return null;
  const tail = [start, ...track.keyframes.filter((each) => each.frame > frame)];
  if (!isSeen(tail)) return null;
  const end = isThere(track, frame - 1) ? endAt(track, frame) : null;
  const second: Track = { ...track, id: newId(), keyframes: tail.slice(tail.findIndex((k) => !k.outside)) };
  return commandOf('Split track', [
    put('tracks', track, { ...track, keyframes: end ? [...head, end] : head }),
    put('tracks', null, second),
  ]);
}

/**
 * Joins two tracks of one shape into the first: there wherever one of them is. Where both state a frame, the first
 * one's word counts. What the second said of its attributes holds from where it begins.
 */
export function mergeTracks(state: DocState, intoId: string, fromId: string): Command | null {
  const into = editable(state, intoId);
  const from = editable(state, fromId);
  if (!into || !from || intoId === fromId || shapeOfTrack(into) !== shapeOfTrack(from)) return null;
  // The end of one is no end where the other is there.
  const ends = (of: Track, other: Track): readonly Keyframe[] =>
    of.keyframes.filter((each) => !(each.outside && isThere(other, each.frame)));
  let keyframes: readonly Keyframe[] = ends(withOwnSaid(from, into), into);
  for (const keyframe of ends(into, from)) keyframes = withKeyframe(keyframes, keyframe);
  return commandOf('Join tracks', [put('tracks', into, { ...into, keyframes }), drop('tracks', from)]);
}

/** The track with its attributes said by its first keyframe, as far as `other` of the same label says otherwise. */
function withOwnSaid(track: Track, other: Track): Track {
  const [first, ...rest] = track.keyframes;
  if (!first || track.labelId !== other.labelId) return track;
  const own = Object.entries(track.attributes).filter(([key, value]) => other.attributes[key] !== value);
  if (own.length === 0) return track;
  const attributes: Attributes = { ...Object.fromEntries(own), ...first.attributes };
  return { ...track, keyframes: [{ ...first, attributes }, ...rest] };
}

/** From `frame` on, what was followed as one track is the other: split there, the rest joined to it. */
export function handOver(state: DocState, id: string, frame: number, toId: string): Command | null {
  const split = id === toId ? null : splitTrack(state, id, frame);
  const rest = restOf(split);
  if (!split || !rest) return null;
  const after = applyPatches(state, split.patches);
  const joined = mergeTracks(after, toId, rest);
  return joined && commandOf('Hand over track', [...split.patches, ...joined.patches]);
}

/** Two objects that a tracker took for one another: from `frame` on each goes on as the other. */
export function swapTracks(state: DocState, oneId: string, otherId: string, frame: number): Command | null {
  const one = splitTrack(state, oneId, frame);
  const other = one && splitTrack(applyPatches(state, one.patches), otherId, frame);
  const [oneRest, otherRest] = [restOf(one), restOf(other)];
  if (!one || !other || !oneRest || !otherRest) return null;
  const after = applyPatches(state, [...one.patches, ...other.patches]);
  const joined = batch(after, 'Swap tracks', [
    (at) => mergeTracks(at, oneId, otherRest),
    (at) => mergeTracks(at, otherId, oneRest),
  ]);
  // Of tracks of two shapes neither is joined.
  if (joined?.patches.length !== 4) return null;
  return commandOf('Swap tracks', [...one.patches, ...other.patches, ...joined.patches]);
}

/** The later part that a split made. */
export const restOf = (split: Command | null): string | null =>
  split?.patches.find((patch) => patch.before === null)?.id ?? null;

// ---- where it begins and ends

/** It begins at `frame`: what was before is taken away. */
export function startHere(state: DocState, id: string, frame: number): Command | null {
  const track = editable(state, id);
  const start = track && isThere(track, frame) ? opening(track, frame) : null;
  if (!track || !start || (track.keyframes[0]?.frame ?? frame) >= frame) return null;
  const tail = track.keyframes.filter((each) => each.frame > frame);
  return change('Start track here', track, { keyframes: [start, ...tail] });
}

/** `frame` is the last on which it is there: what comes after is taken away. */
export function endHere(state: DocState, id: string, frame: number, last: number): Command | null {
  const track = editable(state, id);
  if (!track || !isThere(track, frame)) return null;
  const later = track.keyframes.filter((each) => each.frame > frame);
  if (later.length === 1 && later[0]?.outside && later[0].frame === frame + 1) return null;
  const end = frame < last ? endAt(track, frame + 1) : null;
  return end && change('End track here', track, { keyframes: [...headOf(track, frame + 1), end] });
}

/** It is at `frame` too: what lies nearest, before or after, goes on to there. Null where it is there already. */
export function extendHere(state: DocState, id: string, frame: number, last: number): Command | null {
  const track = editable(state, id);
  if (!track || isThere(track, frame)) return null;
  const spans = trackSpans(track);
  const before = spans.findLast((span) => span.to !== null && span.to <= frame);
  const after = spans.find((span) => span.from > frame);
  const isNearer = before && (!after || frame - (before.to ?? frame) < after.from - frame);
  if (isNearer) return moveEnd(state, id, before, frame + 1, last);
  return after ? moveStart(state, id, after, frame, last) : null;
}

/** The presence `span` ends before `end` instead, sooner or later; it does not go past where the next one begins. */
export function moveEnd(state: DocState, id: string, span: Span, end: number, last: number): Command | null {
  const track = editable(state, id);
  const next = track && trackSpans(track).find((each) => each.from > span.from);
  const to = Math.max(span.from + 1, Math.min(end, next?.from ?? last + 1));
  const until = span.to ?? last + 1;
  if (!track || to === until) return null;
  const isSooner = to < until;
  const head = isSooner ? headOf(track, to) : track.keyframes.filter((each) => each.frame < until);
  const tail = next ? track.keyframes.filter((each) => each.frame >= next.from) : [];
  const stop = to <= last && to !== next?.from ? endAt(track, to) : null;
  return change('Move the end', track, { keyframes: [...head, ...(stop ? [stop] : []), ...tail] });
}

/** The presence `span` begins at `start` instead, sooner or later; it does not go past where the one before ends. */
export function moveStart(
  state: DocState,
  id: string,
  span: Span,
  start: number,
  last: number,
): Command | null {
  const track = editable(state, id);
  const before = track && trackSpans(track).findLast((each) => each.from < span.from);
  const from = Math.min(Math.max(start, before?.to ?? 0), (span.to ?? last + 1) - 1);
  const first = track?.keyframes.find((each) => each.frame === span.from);
  if (!track || !first || from === span.from) return null;
  const head = track.keyframes.filter((each) => each.frame < Math.min(from, span.from));
  const { shape, occluded, attributes } = first;
  const copy = { frame: from, shape, outside: false, occluded, ...(attributes && { attributes }) };
  const opened = from > span.from ? opening(track, from) : copy;
  const tail = track.keyframes.filter((each) => each.frame > Math.max(from, span.from - 1));
  return opened && change('Move the start', track, { keyframes: [...head, opened, ...tail] });
}

// ---- copies through time

/** As it is at `frame`, it stays for the next `count` frames, whatever they said before. */
export function holdTracks(
  state: DocState,
  ids: Iterable<string>,
  frame: number,
  count: number,
  last: number,
): Command | null {
  const to = Math.min(frame + count, last);
  const patches = [...ids].flatMap((id) => {
    const track = editable(state, id);
    const here = track && isThere(track, frame) ? statedAt(track, frame) : null;
    if (!track || !here || to <= frame) return [];
    const { shape, occluded } = here;
    const outer = track.keyframes.filter((each) => each.frame < frame || each.frame > to);
    const inner = track.keyframes
      .filter((each) => each.frame > frame && each.frame < to)
      .map(({ frame: at, attributes }) => ({ at, attributes }))
      .filter(({ attributes }) => attributes);
    const held = [...inner, { at: to, attributes: track.keyframes.find((k) => k.frame === to)?.attributes }];
    let keyframes = withKeyframe(outer, here);
    for (const { at, attributes } of held) {
      const copy = { frame: at, shape, outside: false, occluded, ...(attributes && { attributes }) };
      keyframes = withKeyframe(keyframes, copy);
    }
    const isGone = trackAt(track, to)?.outside && !outer.some((each) => each.frame === to + 1);
    const end = isGone && to < last ? endAt(track, to + 1) : null;
    return [put('tracks', track, { ...track, keyframes: end ? withKeyframe(keyframes, end) : keyframes })];
  });
  return commandOf('Copy to the next frames', patches);
}
