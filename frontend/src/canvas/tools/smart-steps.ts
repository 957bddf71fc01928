/** What was shown to the segmenter so far, step by step, so that each step can be taken back. Plain values. */

import type { Box } from '../geometry/box';
import type { Pressed } from './smart-press';
import type { SmartAnswer, SmartCandidate, SmartMemory, SmartPrompt } from './smart-provider';

export type Step = {
  readonly prompts: readonly SmartPrompt[];
  readonly box: Box | null;
  /** The mask that this step corrects. */
  readonly memory: SmartMemory | null;
  /** Null while it is asked for, and where that failed. */
  readonly answer: SmartAnswer | null;
  readonly chosen: number;
};

export type Steps = readonly Step[];

const FIRST: Step = { prompts: [], box: null, memory: null, answer: null, chosen: 0 };

export const lastOf = (steps: Steps): Step | null => steps[steps.length - 1] ?? null;

export function candidateOf(step: Step | null): SmartCandidate | null {
  return step?.answer?.candidates[step.chosen] ?? null;
}

/** The newest step that has something to show: what a correction in its wait still shows. */
export function shownStep(steps: Steps): Step | null {
  for (let at = steps.length - 1; at >= 0; at -= 1) {
    const step = steps[at];
    if (step?.answer) return step;
  }
  return null;
}

/** A click more; it corrects what is shown. */
export function withClick(steps: Steps, prompt: SmartPrompt): Steps {
  const last = lastOf(steps) ?? FIRST;
  const corrected = candidateOf(shownStep(steps));
  const memory = corrected ? { given: corrected.given } : last.memory;
  return [...steps, { ...last, prompts: [...last.prompts, prompt], memory, answer: null, chosen: 0 }];
}

/** A new box is a new beginning: only what it encloses of the clicks stays. */
export function withBox(steps: Steps, box: Box): Steps {
  const { prompts } = lastOf(steps) ?? FIRST;
  const held = prompts.filter(({ at: [x, y] }) => x >= box.x1 && x <= box.x2 && y >= box.y1 && y <= box.y2);
  return [...steps, { ...FIRST, prompts: held, box }];
}

/** What a press meant, as a step. */
export const withPress = (steps: Steps, means: Pressed): Steps =>
  'box' in means ? withBox(steps, means.box) : withClick(steps, means.click);

/** The first step of outlining an object anew. */
export const fromMask = (box: Box, memory: SmartMemory | null): Steps => [{ ...FIRST, box, memory }];

/** The newest step, answered. */
export function answered(steps: Steps, answer: SmartAnswer): Steps {
  const last = lastOf(steps);
  return last ? [...steps.slice(0, -1), { ...last, answer, chosen: 0 }] : steps;
}

/** The next of the candidates, or the one before. The same steps where there is no choice. */
export function choosing(steps: Steps, step: 1 | -1): Steps {
  const last = lastOf(steps);
  const count = last?.answer?.candidates.length ?? 0;
  if (!last || count < 2) return steps;
  return [...steps.slice(0, -1), { ...last, chosen: (last.chosen + step + count) % count }];
}
