/** The part of a video that the timeline shows: zoomed, moved, and what of it has room. Pure. Frames from 0. */
import type { Reach } from './reach';

/** Frames at the left and right edge; parts of frames while zooming. */
export type View = { readonly from: number; readonly to: number };

/** Closer than this many frames in sight there is nothing more to see. */
const LEAST_FRAMES = 8;
/** The frame shown keeps off the edges by this share of the view. */
const EDGE_SHARE = 0.05;
/** Keyframes nearer to each other than this are drawn as one, CSS pixels. */
const APART_PX = 4;
const TICKS = 6;

export const wholeView = ({ first, last }: Reach): View => ({ from: first, to: Math.max(first + 1, last) });

export const isWhole = ({ from, to }: View, { first, last }: Reach): boolean => from <= first && to >= last;

/** Share of the width at which a frame lies, below 0 or above 1 where it is out of sight. */
export const shareOf = ({ from, to }: View, frame: number): number => (frame - from) / (to - from);

/** The frame at a share of the width. */
export const frameAtShare = ({ from, to }: View, share: number, { first, last }: Reach): number =>
  Math.min(Math.max(Math.round(from + share * (to - from)), first), last);

const lengthOf = ({ first, last }: Reach): number => Math.max(1, last - first);

const widthKept = (width: number, reach: Reach): number =>
  Math.min(Math.max(width, Math.min(LEAST_FRAMES, lengthOf(reach))), lengthOf(reach));

function kept(from: number, width: number, reach: Reach): View {
  const span = widthKept(width, reach);
  const start = Math.min(Math.max(from, reach.first), reach.first + lengthOf(reach) - span);
  return { from: start, to: start + span };
}

/** `factor` above 1 shows less of it; what lies at `share` of the width stays there. */
export function zoomed(view: View, factor: number, share: number, reach: Reach): View {
  const width = view.to - view.from;
  const next = widthKept(width / factor, reach);
  return kept(view.from + share * (width - next), next, reach);
}

/** Moved by a share of its width. */
export function panned(view: View, share: number, reach: Reach): View {
  const width = view.to - view.from;
  return kept(view.from + share * width, width, reach);
}

/** The view with `frame` in it: the same one where it is, else moved so that there is room ahead. */
export function following(view: View, frame: number, reach: Reach): View {
  if (frame >= view.from && frame <= view.to) return view;
  const width = view.to - view.from;
  const ahead = frame > view.to ? EDGE_SHARE : 1 - EDGE_SHARE;
  return kept(frame - ahead * width, width, reach);
}

/** Frames to write on the ruler: about six, at round numbers as they are counted from 1. */
export function ticksOf({ from, to }: View, { last }: Reach): number[] {
  const rough = Math.max(1, (Math.min(to, last) - from) / TICKS);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + 1) / step) * step; at - 1 < to; at += step) {
    if (shareOf({ from, to }, at - 1) < 1 - EDGE_SHARE) ticks.push(at - 1);
  }
  return ticks;
}

/** Of things at frames in rising order, those in sight with room between them on so many pixels. */
export function thinned<T extends { readonly frame: number }>(
  things: readonly T[],
  view: View,
  widthPx: number,
): T[] {
  const shown: T[] = [];
  let lastPx = -Infinity;
  for (const each of things) {
    const share = shareOf(view, each.frame);
    const px = share * widthPx;
    if (share < 0 || share > 1 || px - lastPx < APART_PX) continue;
    shown.push(each);
    lastPx = px;
  }
  return shown;
}
