/** The verbs behind keys, buttons and menus: tracks of a video, at the frame shown. */

import { EditorDeciding } from './deciding';
import type { Track } from './document/model';
import { batch, type Command } from './document/patches';
import { removeKeyframe, setKeyframe, startTrack } from './document/track-commands';
import {
  endHere,
  extendHere,
  handOver,
  holdTracks,
  mergeTracks,
  moveEnd,
  moveStart,
  restOf,
  splitTrack,
  startHere,
  swapTracks,
} from './document/track-verbs';
import { shapeOfTrack, trackAt, type Span, type TrackPlace } from './document/tracks';
import { refusals } from './words';

type Step = Parameters<typeof batch>[2][number];

export class EditorTracking extends EditorDeciding {
  private get here(): number {
    return this.frame ?? 0;
  }

  private get last(): number {
    return this.frameEnd - 1;
  }

  protected selectedTracks(): Track[] {
    const { tracks } = this.document.state;
    return this.selection.map((id) => tracks.get(id)).filter((track) => track !== undefined);
  }

  /** K: states the place at this frame; where all of the selected tracks do, takes that statement back. */
  toggleKeyframe(): void {
    const isStated = this.allHere((place) => place.isKeyframe);
    this.eachTrack('Change track', (id) => (state) => {
      const track = state.tracks.get(id);
      if (isStated) return removeKeyframe(state, id, this.here);
      return track && trackAt(track, this.here)?.isKeyframe ? null : setKeyframe(state, id, this.here);
    });
  }

  /** Of the selected tracks that have begun here. */
  private allHere(holds: (place: TrackPlace) => boolean): boolean {
    const places = this.selectedTracks().map((track) => trackAt(track, this.here));
    return places.every((place) => place === null || holds(place));
  }

  /** Q: covered or not, of regions and of tracks at this frame. */
  toggleOccluded(): void {
    if (this.frame === null) this.toggleOccludedRegions();
    else this.toggleTrackFlag('occluded');
  }

  /** O and Q: leaves, or returns where all of the selected tracks are away; covered or not. */
  toggleTrackFlag(flag: 'outside' | 'occluded'): void {
    const isOn = this.allHere((place) => place[flag]);
    const done = this.eachTrack('Change track', (id) => (state) => {
      const track = state.tracks.get(id);
      const place = track && trackAt(track, this.here);
      return place && place[flag] === isOn ? setKeyframe(state, id, this.here, { [flag]: !isOn }) : null;
    });
    if (!done && flag === 'outside') this.say(refusals.nowhere);
  }

  /** Cuts the selected track in two at the frame shown; the later part is selected. The notice says why not. */
  splitSelection(): void {
    const [track, ...more] = this.selectedTracks();
    const command = track && more.length === 0 ? splitTrack(this.document.state, track.id, this.here) : null;
    const rest = restOf(command);
    if (!this.run(command)) return this.say(refusals.splitNothing);
    this.select(rest ? [rest] : []);
  }

  /** J on a video: two tracks become one, which keeps the label and attributes of the one that begins first. */
  joinTracks(): void {
    const [first, second, ...more] = this.selectedTracks().sort(
      (a, b) => (a.keyframes[0]?.frame ?? 0) - (b.keyframes[0]?.frame ?? 0),
    );
    if (!first || !second || more.length > 0) return this.say(refusals.joinTwoTracks);
    if (shapeOfTrack(first) !== shapeOfTrack(second)) return this.say(refusals.joinUnlike);
    if (this.run(mergeTracks(this.document.state, first.id, second.id))) this.select([first.id]);
  }

  /** From here on the track selected first is the other one that is selected. */
  handOverSelection(): void {
    const [from, to, ...more] = this.selectedTracks();
    if (!from || !to || more.length > 0) return this.say(refusals.handOverTwo);
    if (!this.run(handOver(this.document.state, from.id, this.here, to.id))) {
      return this.say(refusals.handOverNothing);
    }
    this.select([to.id]);
  }

  /** From here on the two selected tracks go on as each other. */
  swapSelection(): void {
    const [one, other, ...more] = this.selectedTracks();
    if (!one || !other || more.length > 0) return this.say(refusals.handOverTwo);
    const done = this.run(swapTracks(this.document.state, one.id, other.id, this.here));
    if (!done) this.say(refusals.swapNothing);
  }

  startSelectionHere(): void {
    const done = this.eachTrack('Start tracks here', (id) => (state) => startHere(state, id, this.here));
    if (!done) this.say(refusals.startNothing);
  }

  endSelectionHere(): void {
    const done = this.eachTrack(
      'End tracks here',
      (id) => (state) => endHere(state, id, this.here, this.last),
    );
    if (!done) this.say(refusals.endNothing);
  }

  extendSelectionHere(): void {
    const done = this.eachTrack(
      'Extend tracks',
      (id) => (state) => extendHere(state, id, this.here, this.last),
    );
    if (!done) this.say(refusals.extendNothing);
  }

  /** The selected tracks stay as they are here for the next `count` frames. */
  holdSelection(count: number): void {
    const ids = this.selectedTracks().map((track) => track.id);
    const done = this.run(holdTracks(this.document.state, ids, this.here, count, this.last));
    if (!done) this.say(refusals.holdNothing);
  }

  /** A presence of a track begins or ends elsewhere: its edge in the timeline was dragged to `frame`. */
  moveEdge(id: string, span: Span, edge: 'start' | 'end', frame: number): void {
    const { state } = this.document;
    this.run(
      edge === 'start'
        ? moveStart(state, id, span, frame, this.last)
        : moveEnd(state, id, span, frame, this.last),
    );
  }

  /** A tag that holds from the frame shown on; selected, so that its end can be said. */
  startTag(labelId: string): void {
    const command = startTrack(this.document.state, labelId, this.here, null);
    if (this.run(command)) this.select(command?.patches.map((patch) => patch.id) ?? []);
  }

  /** One step of history for all selected tracks. Returns whether anything changed. */
  private eachTrack(name: string, step: (id: string) => Step): boolean {
    if (this.frame === null) return false;
    const steps = this.selectedTracks().map((track) => step(track.id));
    return this.run(namedBatch(this.document.state, name, steps));
  }
}

/** As `batch`; where only one step does something it keeps its own name. */
function namedBatch(
  state: Parameters<typeof batch>[0],
  name: string,
  steps: readonly Step[],
): Command | null {
  const [only, ...more] = steps;
  return only && more.length === 0 ? only(state) : batch(state, name, steps);
}
