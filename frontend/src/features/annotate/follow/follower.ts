/**
 * Follows one track of the open video: asks the server, takes what it finds into the document as it comes, and stops
 * where a person's own keyframe, an undo or the end of the page says so. A store for React.
 */
import type { Keyframe, Track } from '@/canvas/document/model';
import { personsAhead, takeFollowed, type Followed } from '@/canvas/document/follow-commands';
import { trackAt } from '@/canvas/document/tracks';
import { documentFromWire, trackToWire } from '@/canvas/document/wire';
import type { WireGeometry } from '@/canvas/geometry/shapes/kind';
import type { Editor } from '@/canvas/editor';
import type { Reach } from '@/components/video/reach';
import { toApiError } from '@/lib/api-error';

import { followDoor, type FollowAsked, type FollowDoor, type FollowTold } from './api';
import { followWords as words } from './strings';

const LOOK_EVERY_MS = 400;
/** A server that is being restarted, a line that was gone: so many looks in a row may fail. */
const FAILURES_MAX = 20;

export type Direction = 1 | -1;
export type FollowView = {
  /** In words, what goes on; null when nothing does. */
  readonly busy: string | null;
  /** 0..1, null before it is known. */
  readonly progress: number | null;
  /** How the last one ended, until it is closed or the next begins. */
  readonly note: string | null;
  /** The frame the note speaks of. */
  readonly noteFrame: number | null;
  readonly isProblem: boolean;
};

const QUIET: FollowView = { busy: null, progress: null, note: null, noteFrame: null, isProblem: false };

/** One asking under way. */
type Run = {
  readonly id: string;
  readonly jobId: string | null;
  readonly trackId: string;
  readonly from: number;
  readonly direction: Direction;
  readonly start: Keyframe;
  readonly of: FollowAsked['of'];
  /** It goes to a keyframe of the person's and comes back from there. Masks, and what is gone there, do not. */
  readonly isFromBoth: boolean;
  readonly mergeKey: string;
  edition: number;
  keyframes: Keyframe[];
  /** The furthest of its keyframes that was put into the document; null before the first. */
  newest: Keyframe | null;
  /** Why it was stopped from here. */
  why: string | null;
};

type Asked = { track: Track; start: Keyframe; body: FollowAsked; isFromBoth: boolean };

/** From where is followed: fixed when it is asked, as the person goes on meanwhile. */
type Place = { readonly frame: number; readonly trackId: string };

/** It came to a keyframe, but not as that one says: from both ends, or found from one of them only. */
type Apart = 'apart' | 'elsewhere';

/** What is to be told of both sides, and what their steps are merged with in the history. */
type Sides = {
  readonly mergeKey: string | null;
  readonly doubt: Keyframe | null;
  readonly apart: Apart | null;
  /** How many came as far as the keyframe there. */
  readonly filled: number;
};

/** Less sure than this somebody should look. */
const FAIR = 0.6;

export class Follower {
  private view = QUIET;
  private run: Run | null = null;
  /** How the last one ended: cut short, or as far as it goes. */
  private isCut = false;
  /** While both sides are filled. */
  private sides: Sides | null = null;
  private isStarting = false;
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly editor: Editor,
    private readonly taskId: string,
    private readonly reach: Reach,
    private readonly door: FollowDoor = followDoor,
    private readonly wait = LOOK_EVERY_MS,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getView = (): FollowView => this.view;

  private set(change: Partial<FollowView>): void {
    if (this.isOver) return;
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }

  private say(note: string, isProblem = false, noteFrame: number | null = null): void {
    this.set({ busy: null, progress: null, note, isProblem, noteFrame });
  }

  /** Why nothing is begun; that a frame is still coming is said until it came. */
  private refuse(why: string): void {
    this.say(why, true);
    if (why !== words.notYet) return;
    const deafen = this.editor.subscribe(() => {
      if (this.editor.isAwaiting || this.editor.isCovered) return;
      deafen();
      if (this.view.note === why) this.close();
    });
  }

  close(): void {
    this.set({ note: null, noteFrame: null, isProblem: false });
  }

  /** To the frame that the note speaks of. */
  goThere(): void {
    const { noteFrame } = this.view;
    if (noteFrame !== null) this.editor.seek(noteFrame);
  }

  /** Follows the selected track from the frame shown. The note says why not. */
  async start(direction: Direction, place = this.here()): Promise<void> {
    if (this.run || this.isStarting) return;
    const asked = this.asked(direction, place);
    if (typeof asked === 'string') return this.refuse(asked);
    const { track, start, body, isFromBoth } = asked;
    this.isStarting = true;
    this.isCut = true;
    this.set({ ...QUIET, busy: words.starting });
    try {
      const told = await this.door.start(this.taskId, body);
      const mergeKey = this.sides?.mergeKey ?? `follow:${told.id}`;
      if (this.sides) this.sides = { ...this.sides, mergeKey };
      this.run = {
        id: told.id,
        jobId: told.job_id,
        trackId: track.id,
        from: start.frame,
        direction,
        start,
        of: body.of,
        isFromBoth,
        mergeKey,
        edition: 0,
        keyframes: [],
        newest: null,
        why: null,
      };
      if (this.isOver) this.stop();
      else this.take(told);
    } catch (error) {
      this.say(toApiError(error).message, true);
    } finally {
      this.isStarting = false;
    }
    if (this.run && !this.isOver) await this.look(0);
  }

  /**
   * Fills what lies between the frame shown and the nearest keyframes of the person's, before it and after it: what is
   * due once a frame between them was mended. One step of the history.
   */
  async fill(): Promise<void> {
    if (this.run || this.isStarting) return;
    const place = this.here();
    if (typeof place === 'string') return this.refuse(place);
    const open = ([-1, 1] as const).filter((direction) => {
      const asked = this.asked(direction, place);
      return typeof asked !== 'string' && asked.body.goal;
    });
    if (open.length === 0) return this.say(words.nothingBetween, true);
    this.sides = { mergeKey: null, doubt: null, apart: null, filled: 0 };
    let first: FollowView | null = null;
    for (const direction of open) {
      await this.start(direction, place);
      if (this.isCut || this.isOver) break;
      first ??= this.view;
    }
    const { filled } = this.sides;
    this.sides = null;
    // Where both came to their keyframes the last note is of both.
    if (first && filled < 2) this.sayBoth(first, this.view);
  }

  /** How the first side ended is not hidden by how the second did. */
  private sayBoth(first: FollowView, second: FollowView): void {
    const isPlain = ({ note }: FollowView) => note === null || note === words.done.keyframe;
    if (first === second || isPlain(first)) return;
    const note = isPlain(second) ? first.note : `${first.note} ${second.note}`;
    this.say(note ?? '', first.isProblem || second.isProblem, first.noteFrame);
  }

  /** The frame shown and the selected track; or why nothing is followed from there. */
  private here(): string | Place {
    const { frame, selection } = this.editor.getSnapshot();
    if (this.editor.isAwaiting || this.editor.isCovered) return words.notYet;
    const [trackId = ''] = selection;
    const isTrack = selection.length === 1 && this.editor.document.state.tracks.has(trackId);
    if (!isTrack || frame === null) return words.pickOne;
    const start = this.startAt({ frame, trackId });
    return typeof start === 'string' ? start : { frame, trackId };
  }

  /** The track as it is there now: since the first side was asked for it may have gone. */
  private startAt({ frame, trackId }: Place): string | { track: Track; start: Keyframe } {
    const track = this.editor.document.state.tracks.get(trackId);
    if (!track) return words.gone;
    if (track.locked) return words.locked;
    const at = trackAt(track, frame);
    if (!at?.shape || at.outside) return words.notHere;
    return { track, start: { frame, shape: at.shape, outside: false, occluded: at.occluded } };
  }

  private asked(direction: Direction, place: string | Place): string | Asked {
    const from = typeof place === 'string' ? place : this.startAt(place);
    if (typeof from === 'string') return from;
    const { track, start } = from;
    const { frame } = start;
    const end = direction > 0 ? this.reach.last : this.reach.first;
    if (frame === end) return words.noFrames;
    const goal = personsAhead(track, frame, direction);
    if (goal && Math.abs(goal.frame - frame) === 1) return words.keyframeIsNext;
    const [startWire, goalWire] = [start, goal].map((each) => each && wireOf(track, each));
    const { of = 'box' } = trackToWire(track).geometry as { of?: FollowAsked['of'] };
    const body = {
      region_id: track.id,
      label_id: track.labelId,
      of,
      by: of === 'mask' ? 'segmenter' : 'tracker',
      start: startWire,
      goal: goalWire ?? null,
      to_frame: goal?.frame ?? end,
    } as FollowAsked;
    return { track, start, body, isFromBoth: goal !== null && !goal.outside && of !== 'mask' };
  }

  stop(why: string | null = null): void {
    const { run } = this;
    if (!run) return;
    run.why ??= why;
    this.set({ busy: words.stopping });
    // Over already, or out of reach: how it stands is asked by the next look.
    if (run.jobId) void this.door.stop(run.jobId).catch(() => undefined);
  }

  dispose(): void {
    this.stop();
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private async look(failures: number): Promise<void> {
    await new Promise<void>((resolve) => (this.timer = setTimeout(resolve, this.wait)));
    const { run } = this;
    if (!run || this.isOver) return;
    try {
      const told = await this.door.look(run.id, run.keyframes.length, run.edition);
      if (this.isOver) return;
      this.take(told);
      if (this.run) await this.look(0);
    } catch (error) {
      const { message, isTransient } = toApiError(error);
      if (isTransient && failures < FAILURES_MAX) return this.look(failures + 1);
      this.run = null;
      this.say(message || words.failed, true);
    }
  }

  private take(told: FollowTold): void {
    const { run } = this;
    if (!run) return;
    run.edition = told.edition;
    const fresh = fromWire(run, told.keyframes);
    run.keyframes = [...run.keyframes.slice(0, told.first), ...fresh];
    const tail = told.tail ? fromWire(run, [told.tail]) : [];
    // What was undone or taken away by a person is not put back.
    if (run.why === null) this.merge(run, [...run.keyframes, ...tail], told.reached);
    if (told.state === 'queued' || told.state === 'running') {
      const sure = tail[0]?.confidence ?? run.keyframes.at(-1)?.confidence ?? null;
      const isBack = run.isFromBoth && told.progress >= 0.5;
      const following = told.reached === null ? words.starting : words.following(told.reached, sure);
      const busy = isBack ? words.returning : following;
      if (this.view.busy !== words.stopping) this.set({ busy, progress: told.progress });
      return;
    }
    this.run = null;
    this.end(run, told);
  }

  private merge(run: Run, keyframes: readonly Keyframe[], reached: number | null): void {
    const track = this.editor.document.state.tracks.get(run.trackId);
    if (!track || track.locked) return this.stop(words.gone);
    const { from, direction, start } = run;
    const wall = personsAhead(track, from, direction);
    if (isUndone(run, track, wall)) return this.stop(words.undone);
    const followed: Followed = { from, direction, start, reached, keyframes };
    this.editor.take(takeFollowed(this.editor.document.state, run.trackId, followed, run.mergeKey));
    const stands = new Set(this.editor.document.state.tracks.get(run.trackId)?.keyframes);
    run.newest = keyframes.findLast((each) => stands.has(each)) ?? run.newest;
    const isPassed = wall && reached !== null && (reached - wall.frame) * direction >= 0;
    if (isPassed) this.stop(words.yours(words.frame(wall.frame)));
  }

  private end(run: Run, told: FollowTold): void {
    const found = run.keyframes.length > 0 || told.tail !== null;
    const last = found ? told.reached : null;
    if (told.state === 'failed') return this.say(told.error || words.failed, true, last);
    if (run.why !== null) return this.say(run.why, false, last);
    if (told.state === 'cancelled') {
      const note = last === null ? words.cancelledEmpty : words.cancelled(words.frame(last));
      return this.say(note, false, last);
    }
    if (last === null || told.stop === '') return this.say(words.nothing, true);
    this.isCut = false;
    switch (told.stop) {
      case 'keyframe':
        return this.filled(run, null);
      case 'apart':
      case 'elsewhere':
        return this.filled(run, told.stop);
      default:
        this.say(
          words.done[told.stop](words.frame(last)),
          told.stop === 'lost' || told.stop === 'damaged',
          last,
        );
    }
  }

  /** Up to a keyframe of the person's: where to look first, of both sides where both were filled. */
  private filled(run: Run, apartHere: Apart | null): void {
    const doubt = leastSure([...run.keyframes, this.sides?.doubt ?? null]);
    const apart = apartHere ?? this.sides?.apart ?? null;
    if (this.sides) this.sides = { ...this.sides, doubt, apart, filled: this.sides.filled + 1 };
    const sure = doubt?.confidence ?? 1;
    if (!doubt || (!apart && sure >= FAIR)) return this.say(words.done.keyframe, false, doubt?.frame ?? null);
    this.say(words.done[apart ?? 'unsure'](words.frame(doubt.frame)), true, doubt.frame);
  }
}

/** The keyframe of a machine's that it was least sure of. */
function leastSure(keyframes: readonly (Keyframe | null)[]): Keyframe | null {
  const sure = (each: Keyframe): number => each.confidence ?? 1;
  const all = keyframes.filter((each) => each !== null);
  return all.reduce<Keyframe | null>(
    (least, each) => (least && sure(least) <= sure(each) ? least : each),
    null,
  );
}

/**
 * Whether the last that was put in is gone, though no keyframe of a person's on the way took its place. What an
 * earlier following left further on says nothing of this one.
 */
function isUndone({ newest, direction }: Run, { keyframes }: Track, wall: Keyframe | null): boolean {
  if (!newest || (wall && (newest.frame - wall.frame) * direction >= 0)) return false;
  const { frame, by, confidence } = newest;
  return !keyframes.some((each) => each.frame === frame && each.by === by && each.confidence === confidence);
}

/** One keyframe as the API has it. */
function wireOf(track: Track, keyframe: Keyframe): unknown {
  return trackToWire({ ...track, keyframes: [keyframe] }).geometry.keyframes?.[0];
}

/** Keyframes of the API as documents hold them. */
function fromWire(run: Run, keyframes: FollowTold['keyframes']): Keyframe[] {
  if (keyframes.length === 0) return [];
  const geometry = { of: run.of, keyframes } as unknown as WireGeometry;
  const region = { region_id: run.trackId, label_id: run.trackId, shape: 'track', geometry } as const;
  const [track] = documentFromWire({ regions: [region], tags: [] }).tracks;
  const found = [...(track?.keyframes ?? [])];
  return run.direction > 0 ? found : found.reverse();
}
