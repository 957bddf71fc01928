/**
 * Which square of the picture the assist network looks at. Mirrors `ml/inference/assist_segmenter.py` and
 * `assist_input.py` line by line: whatever changes there changes here (tests/vectors/assist.json tells).
 */
import type { Box } from '@/canvas/geometry/box';
import type { Size } from '@/canvas/geometry/points';

import type { Answer, Place, Prompts } from './prompts';

/** The window is this many times the longer side of a box. */
const BOX_WINDOW = 1.4;
/** A window of fewer picture pixels would show only blur. */
const MIN_SIDE_PX = 12;
/** Sides tried for a click in the whole picture, as shares of its longer side, smallest first. */
const CLICK_WINDOWS = [0.06, 0.2, 1.1];
/** The window holds all clicks with this much to spare. */
const CLICKS_SPARE = 1.3;

/** Sides of the input as shares of the full one: to try windows, and to answer clicks. */
const [COARSE_SHARE, QUICK_SHARE] = [0.6, 0.8];
const INPUT_STEP_PX = 32;

/** Sides of the network's input in pixels: to try windows, to answer clicks, to answer a first box. */
export type InputSizes = { readonly coarse: number; readonly quick: number; readonly full: number };

/** A square of the picture in whole pixels; it may reach beyond the picture. */
export type Window = { readonly left: number; readonly top: number; readonly side: number };

/** To the nearest whole number, halves to the even one, as Python does. */
export function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return rest > 0.5 ? down + 1 : down;
  return down % 2 === 0 ? down : down + 1;
}

/** `isFixed`: the network takes no other side than the full one. */
export function sizesOf(full: number, isFixed: boolean): InputSizes {
  if (isFixed) return { coarse: full, quick: full, full };
  const side = (share: number): number =>
    Math.max(roundEven((full / INPUT_STEP_PX) * share), 2) * INPUT_STEP_PX;
  return { coarse: side(COARSE_SHARE), quick: side(QUICK_SHARE), full };
}

export function windowRound([x, y]: Place, sidePx: number): Window {
  const side = Math.max(roundEven(sidePx), MIN_SIDE_PX);
  return { left: roundEven(x - side / 2), top: roundEven(y - side / 2), side };
}

const middle = ({ x1, y1, x2, y2 }: Box): Place => [(x1 + x2) / 2, (y1 + y2) / 2];
const longest = ({ x1, y1, x2, y2 }: Box): number => Math.max(x2 - x1, y2 - y1);

/** The window that a box alone asks for. */
export const windowOfBox = (box: Box): Window => windowRound(middle(box), longest(box) * BOX_WINDOW);

/** The part of a box in the picture; at least a pixel of it is. */
export function within({ x1, y1, x2, y2 }: Box, { width, height }: Size): Box {
  return {
    x1: Math.min(Math.max(x1, 0), width - 1),
    y1: Math.min(Math.max(y1, 0), height - 1),
    x2: Math.max(Math.min(x2, width), 1),
    y2: Math.max(Math.min(y2, height), 1),
  };
}

const holds = ({ left, top, side }: Window, [x, y]: Place): boolean =>
  x >= left && x - left <= side && y >= top && y - top <= side;

/** The windows to try: one for a box, a view or a correction, several for a first click in the whole picture. */
export function windowsFor(prompts: Prompts, before: Answer | null, size: Size): Window[] {
  const { box, view } = prompts;
  if (box) return [windowOfBox(within(box, size))];
  const places = prompts.points.map(({ at }) => at);
  if (before && places.every((at) => holds(before.window, at))) return [before.window];
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  if (view && view.x2 > view.x1 && view.y2 > view.y1) {
    const whole = within(
      {
        x1: Math.min(view.x1, ...xs),
        y1: Math.min(view.y1, ...ys),
        x2: Math.max(view.x2, ...xs),
        y2: Math.max(view.y2, ...ys),
      },
      size,
    );
    return [windowRound(middle(whole), longest(whole))];
  }
  const around = { x1: Math.min(...xs), y1: Math.min(...ys), x2: Math.max(...xs), y2: Math.max(...ys) };
  const least = places.length === 1 ? 0 : longest(around) * CLICKS_SPARE;
  const longer = Math.max(size.width, size.height);
  const sides = new Set(CLICK_WINDOWS.map((share) => Math.max(share * longer, least)));
  return [...sides].map((side) => windowRound(middle(around), side));
}
