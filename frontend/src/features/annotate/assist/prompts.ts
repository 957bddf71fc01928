/** What a decoder is asked and what it says, in pixels of the picture as it was decoded. */
import type { Box } from '@/canvas/geometry/box';
import type { Size } from '@/canvas/geometry/points';
import type { Spans } from '@/canvas/geometry/spans';

import type { Window } from './window';

export type Place = readonly [x: number, y: number];
export type PromptPoint = { readonly at: Place; readonly inside: boolean };

export type Prompts = {
  readonly points: readonly PromptPoint[];
  readonly box: Box | null;
  /** The part of the picture that a person sees; null where that says nothing of the object's size. */
  readonly view: Box | null;
};

/** `soft`: probabilities, `size` × `size`, row by row, within a window of the picture. */
export type Answer = {
  readonly window: Window;
  readonly soft: Float32Array;
  readonly size: number;
  /** The network's estimate of the IoU. */
  readonly score: number;
};

/** The mask that is being corrected: what a decoder gave before, or the pixels of an object. */
export type Before<Kept> = { readonly kept: Kept } | { readonly spans: Spans } | null;

/** One of the answers to choose from. `kept`: what the next correction starts from. */
export type Reading<Kept> = { readonly spans: Spans; readonly score: number; readonly kept: Kept };

/** RGBA bytes, row by row, as a canvas gives them. */
export type Pixels = Size & { readonly data: Uint8ClampedArray };
