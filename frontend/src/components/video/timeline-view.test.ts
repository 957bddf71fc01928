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

describe('the timeline’s view', () => {
  it('shows all at first', () => {
    expect(wholeView(LAST)).toEqual({ from: 0, to: LAST });
    expect(isWhole(wholeView(LAST), LAST)).toBe(true);
    expect(wholeView(0)).toEqual({ from: 0, to: 1 });
  });

  it('keeps what is under the pointer there while zooming, as far as the ends allow', () => {
    const near = zoomed(wholeView(LAST), 4, 0.5, LAST);
    expect(near.to - near.from).toBeCloseTo(LAST / 4);
    expect(shareOf(near, LAST / 2)).toBeCloseTo(0.5);
    expect(zoomed(near, 0.01, 0.2, LAST)).toEqual(wholeView(LAST));
    expect(zoomed(near, 1e9, 0.5, LAST).to - zoomed(near, 1e9, 0.5, LAST).from).toBe(8);
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
        let view = wholeView(LAST);
        for (const { factor, share, by, frame } of steps) {
          view = following(panned(zoomed(view, factor, share, LAST), by, LAST), frame, LAST);
          expect(view.from).toBeGreaterThanOrEqual(0);
          expect(view.to).toBeLessThanOrEqual(LAST + 1e-6);
          expect(shareOf(view, frame)).toBeGreaterThanOrEqual(-1e-9);
          expect(shareOf(view, frame)).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  it('follows the frame shown only when it goes out of sight', () => {
    const view = { from: 100, to: 200 };
    expect(following(view, 150, LAST)).toBe(view);
    expect(following(view, 201, LAST)).toEqual({ from: 196, to: 296 });
    expect(following(view, 99, LAST)).toEqual({ from: 4, to: 104 });
  });

  it('writes round numbers, counted from 1', () => {
    expect(ticksOf(wholeView(LAST), LAST).map((frame) => frame + 1)).toEqual([200, 400, 600, 800]);
    expect(ticksOf({ from: 100, to: 112 }, LAST).map((frame) => frame + 1)).toEqual([
      102, 104, 106, 108, 110, 112,
    ]);
  });

  it('finds the frame under the pointer', () => {
    expect(frameAtShare({ from: 100, to: 200 }, 0.25, LAST)).toBe(125);
    expect(frameAtShare(wholeView(LAST), 1.2, LAST)).toBe(LAST);
  });

  it('draws keyframes where there is room', () => {
    const all = Array.from({ length: 1000 }, (_, frame) => ({ frame }));
    const shown = thinned(all, wholeView(LAST), 400);
    expect(shown.length).toBeLessThanOrEqual(101);
    expect(shown[0]?.frame).toBe(0);
    expect(thinned(all, { from: 10, to: 20 }, 400).map((each) => each.frame)).toEqual([
      10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]);
  });
});
