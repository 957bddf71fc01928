import { describe, expect, it } from 'vitest';

import { FrameStore } from './frames';
import { around, frameAt, Player } from './player';

const TIMES = [0, 0.04, 0.2, 0.24, 0.5];

function bitmap(): ImageBitmap {
  return { width: 4, height: 4, close: () => undefined };
}

function setUp(load = () => Promise.resolve(bitmap())) {
  const shown: number[] = [];
  let clock_ms = 0;
  const ticks: (() => void)[] = [];
  const frames = new FrameStore(load, { width: 4, height: 4 });
  const player = new Player({
    frames,
    frameCount: TIMES.length,
    times: TIMES,
    show: (frame) => shown.push(frame),
    now: () => clock_ms,
    nextTick: (tick) => ticks.push(tick),
    cancelTick: () => void ticks.splice(0),
  });
  const passes = (ms: number) => {
    clock_ms += ms;
    ticks.splice(0).forEach((tick) => tick());
  };
  return { player, frames, shown, passes };
}

describe('player', () => {
  it('reads frames from the table of times', () => {
    expect([-1, 0, 0.1, 0.2, 9].map((t) => frameAt(TIMES, t))).toEqual([0, 0, 1, 2, 4]);
    expect(around(0, 1, 3)).toEqual([1, 2]);
    expect(around(9, -1, 99).slice(0, 3)).toEqual([8, 7, 10]);
  });

  it('adds steps up and never shows a frame other than the last one asked for', async () => {
    const answers: ((picture: ImageBitmap) => void)[] = [];
    const { player, shown } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    const steps = Promise.all([player.step(1), player.step(1), player.step(1)]);
    expect(player.getView().isWaiting).toBe(true);
    while (answers.length > 0) {
      answers.splice(0).forEach((answer) => answer(bitmap()));
      await Promise.resolve();
      await new Promise((done) => setTimeout(done));
    }
    await steps;
    expect(shown).toEqual([3]);
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
  });
});
