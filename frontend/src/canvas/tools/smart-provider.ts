/** The door between the smart tool and whatever segments: the host brings the provider, the tool asks it. */

import type { Box } from '../geometry/box';
import type { Pair } from '../geometry/points';
import type { PolygonShape } from '../geometry/shapes/paths';

export type SmartPrompt = { readonly at: Pair; readonly inside: boolean };

export type SmartRequest = {
  readonly prompts: readonly SmartPrompt[];
  readonly box: Box | null;
  /** The part of the picture on the screen, cut to the picture: small networks look only there. */
  readonly view: Box;
  /** Aborted when a later prompt or Esc makes the answer useless. */
  readonly signal: AbortSignal;
};

/** `shape: null` — nothing found. A rejection is shown as `failed` with the error's message. */
export type SmartAnswer = { readonly shape: PolygonShape | null; readonly score?: number | null };
export type SmartProvider = (request: SmartRequest) => Promise<SmartAnswer>;

export type SmartStatus = {
  readonly state: 'unavailable' | 'idle' | 'waiting' | 'preview' | 'empty' | 'failed';
  readonly prompts: number;
  readonly score: number | null;
  readonly message: string | null;
};
