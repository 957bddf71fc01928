import { describe, expect, it, vi } from 'vitest';

import { ApiError } from '@/lib/api-error';

import { FrameStore } from './frames';
import { around, frameAt, Player } from './player';

const TIMES = [0, 0.04, 0.2, 0.24, 0.5];
const ALL = { first: 0, last: 98 };

function bitmap(): ImageBitmap {
  return { width: 4, height: 4, close: () => undefined };
}

function setUp(
  load: (index: number) => Promise<ImageBitmap> = () => Promise.resolve(bitmap()),
  times = TIMES,
  reach = { first: 0, last: times.length - 1 },
) {
  const shown: number[] = [];
  let clock_ms = 0;
  const ticks: (() => void)[] = [];
  const waits = new Set<() => void>();
  const frames = new FrameStore(load, { width: 4, height: 4 });
  const player = new Player({
    frames,
    reach,
    show: (frame) => shown.push(frame),
    now: () => clock_ms,
    nextTick: (tick) => ticks.push(tick),
    cancelTick: () => void ticks.splice(0),
    after: (_ms, then) => {
      waits.add(then);
      return () => void waits.delete(then);
    },
  });
  player.setTimes(times);
  const passes = (ms: number) => {
    clock_ms += ms;
    ticks.splice(0).forEach((tick) => tick());
  };
  /** The clock goes on without a beat. */
  const later = (ms: number) => (clock_ms += ms);
  const rests = async () => {
    waits.forEach((then) => then());
    await new Promise((done) => setTimeout(done));
  };
  return { player, frames, shown, passes, later, rests };
}

/** Answers by hand, in whatever order. */
function asked() {
  const waiting = new Map<number, (picture: ImageBitmap) => void>();
  const order: number[] = [];
  const load = (index: number) =>
    new Promise<ImageBitmap>((resolve) => {
      order.push(index);
      waiting.set(index, resolve);
    });
  const answer = async (index: number) => {
    waiting.get(index)?.(bitmap());
    waiting.delete(index);
    await new Promise((done) => setTimeout(done));
  };
  return { load, answer, order };
}

const even = (n: number) => Array.from({ length: n }, (_, index) => index * 0.04);

describe('player', () => {
  it('reads frames from the table of times', () => {
    expect([-1, 0, 0.1, 0.2, 9].map((t) => frameAt(TIMES, t))).toEqual([0, 0, 1, 2, 4]);
    expect(around(0, 1, { first: 0, last: 2 })).toEqual([1, 2]);
    // A step by ten comes soon after the nearest.
    expect(around(19, -1, ALL).slice(0, 4)).toEqual([18, 17, 20, 9]);
    expect(new Set(around(19, 1, ALL)).size).toBe(around(19, 1, ALL).length);
  });

  it('adds steps up, and fetches what is near only when it has arrived', async () => {
    const { load, answer, order } = asked();
    const { player, shown } = setUp(load);
    const steps = Promise.all([player.step(1), player.step(1), player.step(1)]);
    expect(order).toEqual([1]);
    expect(player.getView().isWaiting).toBe(true);
    await answer(1);
    expect([shown, order]).toEqual([[1], [1, 3]]);
    await answer(3);
    await steps;
    expect(shown).toEqual([1, 3]);
    expect(player.getView()).toMatchObject({ frame: 3, isWaiting: false });
    expect(order).toEqual([1, 3, 4, 2, 0]);
  });

  it('leaves no queue behind a hand that drags along the timeline', async () => {
    const { load, answer, order } = asked();
    const { player, shown } = setUp(load, even(500));
    for (let frame = 10; frame <= 400; frame += 10) void player.seek(frame);
    expect(order).toEqual([10]);
    await answer(10);
    expect(order).toEqual([10, 400]);
    await answer(400);
    expect(shown).toEqual([10, 400]);
  });

  it('where frames come slowly it fetches none for a hand that drags, until that rests or lets go', async () => {
    const { load, answer, order } = asked();
    const { player, shown, later, rests } = setUp(load, even(500));
    const drag = async (...frames: number[]) => {
      for (const frame of frames) {
        void player.seek(frame, true);
        await new Promise((done) => setTimeout(done));
      }
    };
    await drag(100);
    later(900);
    await answer(100);
    await drag(110, 200, 300);
    expect(order.filter((frame) => frame > 115)).toEqual([]);
    expect(player.getView()).toMatchObject({ frame: 100, wish: 300, isWaiting: true });
    await rests();
    expect(order).toContain(300);
    later(900);
    await answer(300);
    expect(player.getView()).toMatchObject({ frame: 300, wish: null, isWaiting: false });
    await drag(400, 450);
    void player.seek(460);
    await new Promise((done) => setTimeout(done));
    expect(order.filter((frame) => frame >= 400)).toEqual([460]);
    await answer(460);
    expect(shown).toEqual([100, 300, 460]);
  });

  it('let go where it rested it fetches on the way that the hand went', async () => {
    const { player, frames } = setUp(undefined, even(500));
    const wanted = vi.spyOn(frames, 'want');
    await player.seek(300, true);
    await player.seek(100, true);
    await player.seek(100);
    expect(wanted).toHaveBeenLastCalledWith(around(100, -1, { first: 0, last: 499 }));
  });

  it('where frames come quickly every one is shown that came on the way of the hand', async () => {
    const { load, answer, order } = asked();
    const { player, shown } = setUp(load, even(500));
    for (const frame of [100, 200, 300]) {
      void player.seek(frame, true);
      await answer(frame);
    }
    expect(shown).toEqual([100, 200, 300]);
    expect(order).toEqual(expect.arrayContaining([100, 200, 300]));
  });

  it('does not go back to a frame that arrives after the one wished for was shown', async () => {
    const { load, answer } = asked();
    const { player, frames, shown } = setUp(load);
    const kept = frames.get(2);
    await answer(2);
    await kept;
    void player.seek(4);
    void player.seek(2);
    await answer(4);
    expect(shown).toEqual([2]);
    expect(player.getView()).toMatchObject({ frame: 2, isWaiting: false });
  });

  it('plays at the speed of the recording and stops at the end', async () => {
    const { player, frames, shown, passes } = setUp();
    await Promise.all(TIMES.map((_, index) => frames.get(index)));
    await player.seek(0);
    player.toggle();
    passes(30);
    passes(20);
    passes(100);
    passes(60);
    passes(400);
    expect(shown).toEqual([0, 1, 2, 4]);
    expect(player.getView().isPlaying).toBe(false);
    player.toggle();
    passes(50);
    expect(shown).toEqual([0, 1, 2, 4, 0, 1]);
  });

  it('leaves out frames that come late, so that time goes on at its speed', async () => {
    const { load, answer, order } = asked();
    const { player, shown, passes } = setUp(load, even(50));
    void player.seek(0);
    await answer(0);
    player.toggle();
    passes(100);
    for (const frame of [1, 2]) await answer(frame);
    passes(20);
    expect(shown).toEqual([0, 2]);
    expect(order.length).toBeLessThan(8);
    await answer(3);
    passes(0);
    expect(shown).toEqual([0, 2, 3]);
  });

  it('passes over a damaged frame while it plays, and says so where it is asked for', async () => {
    const load = (index: number) =>
      index === 2 ? Promise.reject(new Error('damaged')) : Promise.resolve(bitmap());
    const { player, frames, shown, passes } = setUp(load, even(6));
    await Promise.all([0, 1, 3, 4, 5].map((index) => frames.get(index)));
    await player.seek(0);
    player.toggle();
    for (let beat = 0; beat < 6; beat += 1) passes(41);
    expect(shown).toEqual([0, 1, 3, 4, 5]);
    await player.seek(2);
    expect(player.getView().error).toEqual(new Error('damaged'));
  });
});

describe('a player on what cannot be had', () => {
  const beats = async (passes: (ms: number) => void, n: number) => {
    for (let beat = 0; beat < n; beat += 1) {
      passes(41);
      await new Promise((done) => setTimeout(done));
    }
  };

  it('passes over a long damaged stretch, and ends at a damaged end', async () => {
    const isBad = (index: number) => (index >= 5 && index < 40) || index >= 70;
    const load = (index: number) =>
      isBad(index) ? Promise.reject(new Error('damaged')) : Promise.resolve(bitmap());
    const { player, shown, passes } = setUp(load, even(80));
    await player.seek(0);
    player.toggle();
    await beats(passes, 200);
    expect(shown.filter(isBad)).toEqual([]);
    expect(shown.some((index) => index > 40)).toBe(true);
    expect(player.getView()).toMatchObject({ isPlaying: false, error: null });
  });

  it('stops where the server is away, and plays on once it is back', async () => {
    let isAway = false;
    const load = () => (isAway ? Promise.reject(new ApiError(0, {})) : Promise.resolve(bitmap()));
    const { player, shown, passes } = setUp(load, even(90));
    await player.seek(0);
    player.toggle();
    await beats(passes, 3);
    isAway = true;
    await beats(passes, 60);
    expect(player.getView()).toMatchObject({ isPlaying: false, error: new ApiError(0, {}) });
    isAway = false;
    player.toggle();
    await beats(passes, 120);
    expect(shown.at(-1)).toBe(89);
  });
});

describe('frame store', () => {
  it('keeps a bounded number of pictures and gives the memory of the others back', async () => {
    const closed: number[] = [];
    const load = (index: number) =>
      Promise.resolve({ width: 4096, height: 4096, close: () => closed.push(index) });
    // 64 MB each: the least number is kept all the same.
    const frames = new FrameStore(load, { width: 4096, height: 4096 });
    for (let index = 0; index < 20; index += 1) await frames.get(index);
    expect(closed).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    frames.dispose();
    expect(closed.length).toBe(20);
  });

  it('closes what arrives after its end', async () => {
    const closed: number[] = [];
    const { load, answer } = asked();
    const frames = new FrameStore(
      async (index) => ({ ...(await load(index)), close: () => closed.push(index) }),
      { width: 4, height: 4 },
    );
    const late = frames.get(7);
    frames.dispose();
    await answer(7);
    await late;
    expect(closed).toEqual([7]);
  });
});

describe('a part of a video', () => {
  it('is all that is stepped, sought and played through', async () => {
    const { player, shown, passes } = setUp(undefined, even(8), { first: 3, last: 5 });
    await player.seek(0);
    await player.seek(99);
    await player.step(1);
    expect([...new Set(shown)]).toEqual([3, 5]);
    player.toggle();
    for (let at = 0; at < 8; at += 1) passes(40);
    expect(player.getView()).toMatchObject({ frame: 5, isPlaying: false });
    expect(Math.min(...shown)).toBe(3);
    expect(Math.max(...shown)).toBe(5);
  });
});
