/** The door between the smart tool and whatever segments: the host brings the provider, the tool asks it. */

import type { Box } from '../geometry/box';
import type { Pair } from '../geometry/points';
import type { ShapeType } from '../geometry/shape';
import type { Spans } from '../geometry/spans';

export type SmartPrompt = { readonly at: Pair; readonly inside: boolean };

/** What an answer is corrected from: what the provider gave with a candidate, or the pixels of an object. */
export type SmartMemory = { readonly given: unknown } | { readonly spans: Spans };

export type SmartRequest = {
  readonly prompts: readonly SmartPrompt[];
  readonly box: Box | null;
  /** The part of the picture on the screen, cut to the picture: small networks look only there. */
  readonly view: Box;
  readonly memory: SmartMemory | null;
  /** Aborted when a later prompt or Esc makes the answer useless. */
  readonly signal: AbortSignal;
  /** Only a look at what a click would find: not worth a request over the network. */
  readonly isGlance: boolean;
};

export type SmartCandidate = {
  readonly spans: Spans;
  readonly score: number | null;
  /** Handed back as `memory.given` when this one is corrected. */
  readonly given: unknown;
};

/** Best first; none where nothing was found. A rejection is shown as `failed` with the error's message. */
export type SmartAnswer = { readonly candidates: readonly SmartCandidate[] };

export type SmartProvider = {
  ask(request: SmartRequest): Promise<SmartAnswer>;
  /** How long an answer that nobody has asked for yet would take, milliseconds; Infinity where it would burden a server. */
  spareMs(): number;
  /** Makes outlines of these box suggestions, of all open ones for none; they stay suggestions. */
  outlineSuggestions?(ids: readonly string[]): void;
  /** Suggests everything in a box, or in the picture. */
  everything?(box: Box | null): void;
};

export type SmartStatus = {
  readonly state: 'unavailable' | 'idle' | 'waiting' | 'preview' | 'empty' | 'failed';
  readonly prompts: number;
  readonly score: number | null;
  readonly message: string | null;
  /** How many there are to choose from, and which of them is shown, from 0; of what is shown also in a correction's wait. */
  readonly candidates: number;
  readonly chosen: number;
  /** What the preview becomes, and how many vertices that takes; null without one. */
  readonly shape: ShapeType | null;
  readonly vertices: number | null;
  /** An object is outlined anew, instead of a new one made. */
  readonly isRefining: boolean;
};

/** An object that is outlined anew; `done` hears the end of it, kept or dropped. */
export type SmartTarget = { readonly id: string; readonly labelId: string; readonly done: () => void };
