import { describe, expect, it, vi } from 'vitest';

import type { Keyframe } from '@/canvas/document/model';
import { commandOf, put } from '@/canvas/document/patches';
import { setKeyframe, startTrack } from '@/canvas/document/track-commands';
import { Editor } from '@/canvas/editor';
import { shapeToWire } from '@/canvas/geometry/shape';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { maskShape } from '@/canvas/geometry/shapes/mask';
import { ONTOLOGY } from '@/canvas/testing/headless';

import type { FollowDoor, FollowTold } from './api';
import { Follower } from './follower';
import { followWords as words } from './strings';

const BOX = boxShape({ x1: 10, y1: 10, x2: 40, y2: 50 });
const wire = (frame: number) => ({
  frame,
  box: [10 + frame, 10, 40 + frame, 50],
  outside: false,
  occluded: false,
  by: 'tracker',
  confidence: 0.75,
});
const told = (change: Partial<Record<keyof FollowTold, unknown>> = {}): FollowTold =>
  ({
    id: 'f',
    job_id: 'j',
    region_id: 't',
    state: 'running',
    progress: 0.5,
    error: '',
    first: 0,
    keyframes: [],
    tail: null,
    edition: 0,
    reached: null,
    stop: '',
    ...change,
  }) as FollowTold;

/** An editor with one selected track at frame 10, and a server that answers the looks in turn. */
function seat(...looks: FollowTold[]) {
  const editor = new Editor({ ontology: ONTOLOGY });
  editor.setFrame(0);
  editor.run(startTrack(editor.document.state, 'truck', 0, BOX));
  const [id = ''] = editor.document.state.tracks.keys();
  editor.setFrame(10);
  editor.select([id]);
  const asked: unknown[] = [];
  const answers = [...looks];
  const beforeLook: (() => void)[] = [];
  const door = {
    start: vi.fn((_task: string, body: unknown) => {
      asked.push(body);
      return Promise.resolve(told({ state: 'queued' }));
    }),
    look: vi.fn(() => {
      beforeLook.shift()?.();
      return Promise.resolve(answers.shift() ?? told({ state: 'cancelled' }));
    }),
    stop: vi.fn(() => Promise.resolve()),
  } satisfies FollowDoor;
  const follower = new Follower(editor, 'task', { first: 0, last: 199 }, door, 0);
  const keyframes = (): readonly Keyframe[] => editor.document.state.tracks.get(id)?.keyframes ?? [];
  const frames = (): number[] => keyframes().map((each) => each.frame);
  return { editor, id, door, asked, follower, keyframes, frames, beforeLook };
}

describe('following the selected track', () => {
  it('asks from the frame shown to the end, or to the next keyframe of a person', async () => {
    const { follower, asked, editor, id } = seat(told({ state: 'cancelled' }), told({ state: 'cancelled' }));
    await follower.start(1);
    expect(asked[0]).toMatchObject({ to_frame: 199, goal: null, by: 'tracker', start: { frame: 10 } });
    editor.run(setKeyframe(editor.document.state, id, 50));
    await follower.start(1);
    expect(asked[1]).toMatchObject({ to_frame: 50, goal: { frame: 50, box: [10, 10, 40, 50] } });
    await follower.start(-1);
    expect(asked[2]).toMatchObject({ to_frame: 0, goal: { frame: 0 } });
  });

  it('takes what was found as it comes, as one step of the history', async () => {
    const { follower, editor, frames, keyframes, beforeLook } = seat(
      told({ keyframes: [wire(20)], tail: wire(25), reached: 25 }),
      told({ first: 1, keyframes: [wire(30)], tail: wire(33), reached: 33 }),
      told({ state: 'succeeded', first: 2, keyframes: [wire(40)], reached: 40, stop: 'lost' }),
    );
    const seen: number[][] = [];
    beforeLook.push(
      () => undefined,
      () => seen.push(frames()),
    );
    await follower.start(1);
    expect(seen).toEqual([[0, 10, 20, 25]]);
    expect(frames()).toEqual([0, 10, 20, 30, 40]);
    expect(keyframes().map((each) => each.by)).toEqual([
      undefined,
      undefined,
      'tracker',
      'tracker',
      'tracker',
    ]);
    expect(follower.getView()).toMatchObject({ busy: null, isProblem: true });
    expect(follower.getView().note).toBe(words.done.lost(words.frame(40)));
    const sought = vi.fn();
    editor.onSeek(sought);
    follower.goThere();
    expect(sought).toHaveBeenCalledExactlyOnceWith(40);
    editor.undo();
    expect(frames()).toEqual([0]);
  });

  it('takes all anew where keyframes told before were changed', async () => {
    const { follower, frames } = seat(
      told({ keyframes: [wire(20), wire(30)], tail: wire(35), reached: 35 }),
      told({ state: 'succeeded', edition: 1, keyframes: [wire(25)], reached: 40, stop: 'end' }),
    );
    await follower.start(1);
    expect(frames()).toEqual([0, 10, 25]);
  });

  it('stops at a keyframe that the person sets on the way, which stays', async () => {
    const { follower, frames, door, editor, id, beforeLook } = seat(
      told({ keyframes: [wire(20)], tail: wire(25), reached: 25 }),
      told({ first: 1, keyframes: [wire(30)], tail: wire(45), reached: 45 }),
      told({ state: 'cancelled', first: 2 }),
    );
    beforeLook.push(
      () => undefined,
      () => editor.run(setKeyframe(editor.document.state, id, 40, { shape: BOX })),
    );
    await follower.start(1);
    expect(door.stop).toHaveBeenCalledExactlyOnceWith('j');
    expect(frames()).toEqual([0, 10, 20, 30, 40]);
    expect(follower.getView().note).toBe(words.yours(words.frame(40)));
  });

  it('stops where it is undone, and puts nothing back', async () => {
    const { follower, frames, door, editor, beforeLook } = seat(
      told({ keyframes: [wire(20)], tail: wire(25), reached: 25 }),
      told({ first: 1, keyframes: [wire(30)], tail: wire(45), reached: 45 }),
      told({ state: 'cancelled', first: 2 }),
    );
    beforeLook.push(
      () => undefined,
      () => editor.undo(),
    );
    await follower.start(1);
    expect(door.stop).toHaveBeenCalledExactlyOnceWith('j');
    expect(frames()).toEqual([0]);
    expect(follower.getView().note).toBe(words.undone);
  });

  it('undone over an earlier following, whose keyframes lie further on, it stops too', async () => {
    const { follower, frames, editor, id, beforeLook } = seat(
      told({ keyframes: [wire(20)], tail: wire(25), reached: 25 }),
      told({ first: 1, keyframes: [wire(30)], tail: wire(45), reached: 45 }),
      told({ state: 'cancelled', first: 2 }),
    );
    const by = 'tracker' as const;
    const earlier = { frame: 90, shape: BOX, outside: false, occluded: false, by, confidence: 0.5 };
    const track = editor.document.state.tracks.get(id)!;
    editor.run(
      commandOf('Follow', [put('tracks', track, { ...track, keyframes: [...track.keyframes, earlier] })]),
    );
    beforeLook.push(
      () => undefined,
      () => editor.undo(),
    );
    await follower.start(1);
    expect(frames()).toEqual([0, 90]);
    expect(follower.getView().note).toBe(words.undone);
  });

  it('undo while it goes on reaches what was drawn meanwhile, and redo brings that back', async () => {
    const { follower, frames, editor, beforeLook } = seat(
      told({ keyframes: [wire(20)], tail: wire(25), reached: 25 }),
      told({ first: 1, keyframes: [wire(30)], tail: wire(35), reached: 35 }),
      told({ first: 2, keyframes: [wire(40)], tail: wire(45), reached: 45 }),
      told({ state: 'cancelled', first: 3 }),
    );
    beforeLook.push(
      () => undefined,
      () => editor.run(startTrack(editor.document.state, 'truck', 10, BOX)),
      () => editor.undo(),
    );
    await follower.start(1);
    expect(frames()).toEqual([0, 10, 20, 25]);
    editor.undo();
    expect(editor.document.state.tracks.size).toBe(1);
    editor.redo();
    expect(editor.document.state.tracks.size).toBe(2);
  });

  it('is stopped by the person, who keeps what was found', async () => {
    const { follower, frames, door, beforeLook } = seat(
      told({ keyframes: [wire(20)], tail: wire(25), reached: 25 }),
      told({ state: 'cancelled', first: 1, tail: wire(25), reached: 25 }),
    );
    beforeLook.push(
      () => undefined,
      () => follower.stop(),
    );
    await follower.start(1);
    expect(door.stop).toHaveBeenCalledOnce();
    expect(frames()).toEqual([0, 10, 20, 25]);
    expect(follower.getView().note).toBe(words.cancelled(words.frame(25)));
  });

  it('ends with the page, at the server too', async () => {
    const { follower, door, beforeLook, frames } = seat(told({ keyframes: [wire(20)], reached: 25 }));
    beforeLook.push(() => follower.dispose());
    await follower.start(1);
    expect(door.stop).toHaveBeenCalledOnce();
    expect(frames()).toEqual([0]);
  });

  it('says why it cannot be followed, and asks nothing', async () => {
    const { follower, editor, id, door } = seat();
    editor.setFlagsOf([id], { locked: true });
    await follower.start(1);
    expect(follower.getView().note).toBe(words.locked);
    editor.setFlagsOf([id], { locked: false });
    editor.setFrame(199);
    await follower.start(1);
    expect(follower.getView().note).toBe(words.noFrames);
    editor.select([]);
    await follower.start(1);
    expect(follower.getView().note).toBe(words.pickOne);
    expect(door.start).not.toHaveBeenCalled();
  });

  it('fills both sides of a mended frame as one step, and says where it is least sure', async () => {
    const { follower, asked, editor, id, frames } = seat(
      told({
        state: 'succeeded',
        keyframes: [{ ...wire(5), confidence: 0.4 }],
        reached: 1,
        stop: 'keyframe',
      }),
      told({ state: 'running', progress: 0.7, keyframes: [wire(30)], reached: 59 }),
      told({ state: 'succeeded', edition: 1, keyframes: [wire(40)], reached: 59, stop: 'keyframe' }),
    );
    const said: (string | null)[] = [];
    follower.subscribe(() => said.push(follower.getView().busy));
    editor.run(setKeyframe(editor.document.state, id, 60));
    editor.run(setKeyframe(editor.document.state, id, 10, { shape: BOX }));
    await follower.fill();
    expect(asked).toMatchObject([
      { start: { frame: 10 }, goal: { frame: 0 }, to_frame: 0 },
      { start: { frame: 10 }, goal: { frame: 60 }, to_frame: 60 },
    ]);
    expect(frames()).toEqual([0, 5, 10, 40, 60]);
    expect(said).toContain(words.returning);
    expect(follower.getView()).toMatchObject({ note: words.done.unsure(words.frame(5)), noteFrame: 5 });
    editor.undo();
    expect(frames()).toEqual([0, 10, 60]);
  });

  it('fills the other side of the same frame and track, wherever the person has gone meanwhile', async () => {
    const { follower, asked, editor, id, frames, beforeLook } = seat(
      told({ state: 'succeeded', keyframes: [wire(5)], reached: 1, stop: 'keyframe' }),
      told({ state: 'succeeded', keyframes: [wire(40)], reached: 59, stop: 'keyframe' }),
    );
    editor.run(setKeyframe(editor.document.state, id, 60));
    beforeLook.push(() => {
      editor.setFrame(30);
      editor.select([]);
      editor.cover(true);
    });
    await follower.fill();
    expect(asked).toMatchObject([
      { region_id: id, start: { frame: 10 }, goal: { frame: 0 } },
      { region_id: id, start: { frame: 10 }, goal: { frame: 60 } },
    ]);
    expect(frames()).toEqual([0, 5, 10, 40, 60]);
  });

  it('says that the first side was lost though the second was filled; both are one step', async () => {
    const { follower, editor, id, frames } = seat(
      told({ state: 'succeeded', keyframes: [wire(5)], reached: 5, stop: 'lost' }),
      told({ state: 'succeeded', keyframes: [wire(40)], reached: 59, stop: 'keyframe' }),
    );
    editor.run(setKeyframe(editor.document.state, id, 60));
    await follower.fill();
    expect(follower.getView()).toMatchObject({
      note: words.done.lost(words.frame(5)),
      noteFrame: 5,
      isProblem: true,
    });
    editor.undo();
    expect(frames()).toEqual([0, 60]);
  });

  it.each([
    ['lost', words.done.lost(words.frame(5))],
    ['apart', words.done.apart(words.frame(5))],
  ])('of a first side that came out %s and a second that is damaged it tells both', async (stop, note) => {
    const { follower, editor, id } = seat(
      told({ state: 'succeeded', keyframes: [wire(5)], reached: 5, stop }),
      told({ state: 'succeeded', keyframes: [wire(40)], reached: 40, stop: 'damaged' }),
    );
    editor.run(setKeyframe(editor.document.state, id, 60));
    await follower.fill();
    const both = `${note} ${words.done.damaged(words.frame(40))}`;
    expect(follower.getView()).toMatchObject({ note: both, noteFrame: 5, isProblem: true });
  });

  it('does not forget that the first side did not meet where the second did', async () => {
    const { follower, editor, id } = seat(
      told({ state: 'succeeded', keyframes: [wire(5)], reached: 1, stop: 'apart' }),
      told({ state: 'succeeded', keyframes: [wire(40)], reached: 59, stop: 'keyframe' }),
    );
    editor.run(setKeyframe(editor.document.state, id, 60));
    await follower.fill();
    expect(follower.getView().note).toBe(words.done.apart(words.frame(40)));
  });

  it.each(['apart', 'elsewhere'] as const)(
    'speaks of two ends only where it was found from both: %s',
    async (stop) => {
      const { follower, editor, id } = seat(
        told({ state: 'succeeded', keyframes: [wire(20)], reached: 49, stop }),
      );
      editor.run(setKeyframe(editor.document.state, id, 50));
      await follower.start(1);
      const note = words.done[stop](words.frame(20));
      expect(follower.getView()).toMatchObject({ note, noteFrame: 20, isProblem: true });
    },
  );

  it('a mask is never said to come back from the other keyframe', async () => {
    const mask = maskShape({
      x: 10,
      columns: [
        [10, 50],
        [10, 50],
      ],
    })!;
    const found = [{ ...shapeToWire(mask), frame: 20, by: 'segmenter', confidence: 0.9 }];
    const { follower, editor, id } = seat(
      told({ keyframes: found, reached: 20, progress: 0.8 }),
      told({ state: 'succeeded', first: 1, reached: 49, stop: 'elsewhere' }),
    );
    const track = editor.document.state.tracks.get(id)!;
    const keyframes = [0, 50].map((frame) => ({ frame, shape: mask, outside: false, occluded: false }));
    editor.run(commandOf('Mask', [put('tracks', track, { ...track, keyframes })]));
    const said: unknown[] = [];
    follower.subscribe(() => said.push(follower.getView().busy));
    await follower.start(1);
    expect(said).toContain(words.following(20, 0.9));
    expect(said).not.toContain(words.returning);
    expect(follower.getView().note).toBe(words.done.elsewhere(words.frame(20)));
  });

  it.each<[string, (editor: Editor, is: boolean) => void]>([
    ['over which a small picture lies', (editor, is) => editor.cover(is)],
    ['that was left for another', (editor, is) => editor.setAwaiting(is)],
  ])('follows nothing from a frame %s, and says so until it came', async (_, lay) => {
    const { follower, editor, door } = seat();
    lay(editor, true);
    for (const ask of [() => follower.start(1), () => follower.fill()]) {
      follower.close();
      await ask();
      expect(follower.getView()).toMatchObject({ note: words.notYet, isProblem: true });
    }
    expect(door.start).not.toHaveBeenCalled();
    lay(editor, false);
    expect(follower.getView()).toMatchObject({ note: null, isProblem: false });
  });

  it('what is followed goes on while another frame is looked at', async () => {
    const { follower, editor, frames } = seat(
      told({ state: 'succeeded', keyframes: [wire(20)], reached: 20, stop: 'lost' }),
    );
    const asked = follower.start(1);
    editor.cover(true);
    await asked;
    expect(frames()).toContain(20);
  });

  it('fills the one side that has a keyframe, and asks for one where there is none', async () => {
    const { follower, door, editor, asked } = seat(
      told({ state: 'succeeded', keyframes: [wire(5)], reached: 1, stop: 'keyframe' }),
    );
    editor.setFrame(0);
    await follower.fill();
    expect(follower.getView().note).toBe(words.nothingBetween);
    expect(door.start).not.toHaveBeenCalled();
    editor.setFrame(10);
    await follower.fill();
    expect(asked).toMatchObject([{ goal: { frame: 0 } }]);
    expect(follower.getView()).toMatchObject({ note: words.done.keyframe, isProblem: false });
  });

  it('stopped on one side it leaves the other alone', async () => {
    const { follower, door, editor, id, beforeLook } = seat(
      told({ keyframes: [wire(5)], reached: 4 }),
      told({ state: 'cancelled', first: 1, reached: 4 }),
    );
    editor.run(setKeyframe(editor.document.state, id, 60));
    beforeLook.push(
      () => undefined,
      () => follower.stop(),
    );
    await follower.fill();
    expect(door.start).toHaveBeenCalledOnce();
  });

  it('tells what the server refused', async () => {
    const { follower, door } = seat();
    door.start.mockRejectedValueOnce(new Error('busy'));
    await follower.start(1);
    expect(follower.getView()).toMatchObject({ busy: null, isProblem: true });
    expect(follower.getView().note).not.toBe('');
  });
});
