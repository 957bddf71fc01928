import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  following,
  frameAtShare,
  isWhole,
  panned,
  shareOf,
  thinned,
  ticksOf,
  wholeView,
  zoomed,
} from './timeline-view';

const LAST = 999;
const ALL = { first: 0, last: LAST };

describe('the timeline’s view', () => {
  it('shows all at first', () => {
    expect(wholeView(ALL)).toEqual({ from: 0, to: LAST });
    expect(isWhole(wholeView(ALL), ALL)).toBe(true);
    expect(wholeView({ first: 0, last: 0 })).toEqual({ from: 0, to: 1 });
  });

  it('keeps what is under the pointer there while zooming, as far as the ends allow', () => {
    const near = zoomed(wholeView(ALL), 4, 0.5, ALL);
    expect(near.to - near.from).toBeCloseTo(LAST / 4);
    expect(shareOf(near, LAST / 2)).toBeCloseTo(0.5);
    expect(zoomed(near, 0.01, 0.2, ALL)).toEqual(wholeView(ALL));
    expect(zoomed(near, 1e9, 0.5, ALL).to - zoomed(near, 1e9, 0.5, ALL).from).toBe(8);
  });

  it('never leaves the video', () => {
    const step = fc.record({
      factor: fc.double({ min: 0.1, max: 10, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      by: fc.double({ min: -3, max: 3, noNaN: true }),
      frame: fc.nat(LAST),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let view = wholeView(ALL);
        for (const { factor, share, by, frame } of steps) {
          view = following(panned(zoomed(view, factor, share, ALL), by, ALL), frame, ALL);
          expect(view.from).toBeGreaterThanOrEqual(0);
          expect(view.to).toBeLessThanOrEqual(LAST + 1e-6);
          expect(shareOf(view, frame)).toBeGreaterThanOrEqual(-1e-9);
          expect(shareOf(view, frame)).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  it('shows no more than a part of a video, at its own numbers', () => {
    const part = { first: 500, last: 1049 };
    expect(wholeView(part)).toEqual({ from: 500, to: 1049 });
    expect(panned(zoomed(wholeView(part), 2, 0, part), -5, part).from).toBe(500);
    expect(zoomed(following({ from: 500, to: 600 }, 1049, part), 1e-3, 0.5, part)).toEqual(wholeView(part));
    expect(frameAtShare(wholeView(part), -1, part)).toBe(500);
    expect(ticksOf(wholeView(part), part).map((frame) => frame + 1)).toEqual([600, 700, 800, 900, 1000]);
  });

  it('follows the frame shown only when it goes out of sight', () => {
    const view = { from: 100, to: 200 };
    expect(following(view, 150, ALL)).toBe(view);
    expect(following(view, 201, ALL)).toEqual({ from: 196, to: 296 });
    expect(following(view, 99, ALL)).toEqual({ from: 4, to: 104 });
  });

  it('writes round numbers, counted from 1', () => {
    expect(ticksOf(wholeView(ALL), ALL).map((frame) => frame + 1)).toEqual([200, 400, 600, 800]);
    expect(ticksOf({ from: 100, to: 112 }, ALL).map((frame) => frame + 1)).toEqual([
      102, 104, 106, 108, 110, 112,
    ]);
  });

  it('finds the frame under the pointer', () => {
    expect(frameAtShare({ from: 100, to: 200 }, 0.25, ALL)).toBe(125);
    expect(frameAtShare(wholeView(ALL), 1.2, ALL)).toBe(LAST);
  });

  it('draws keyframes where there is room', () => {
    const all = Array.from({ length: 1000 }, (_, frame) => ({ frame }));
    const shown = thinned(all, wholeView(ALL), 400);
    expect(shown.length).toBeLessThanOrEqual(101);
    expect(shown[0]?.frame).toBe(0);
    expect(thinned(all, { from: 10, to: 20 }, 400).map((each) => each.frame)).toEqual([
      10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]);
  });
});
