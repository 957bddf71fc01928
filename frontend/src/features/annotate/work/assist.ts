/** The smart tool's helper on the server. Manual tools never wait for it. */
import { polygonShape } from '@/canvas/geometry/shapes/paths';
import type { Pair } from '@/canvas/geometry/points';
import type { SmartAnswer, SmartProvider, SmartRequest } from '@/canvas/tools/smart-provider';
import { toApiError } from '@/lib/api-error';

import { assistDecode, assistEncode, type AssistPrompt, type AssistReady } from '../api';
import { annotateWords } from '../strings';

export type AssistState = Pick<AssistReady, 'state' | 'message'> & {
  backend: AssistReady['backend'] | null;
};

export const NO_ASSIST: AssistState = { state: 'unavailable', backend: null, message: '' };
const ENCODING_POLL_MS = 1_500;

export function promptOf({ prompts, box, view }: SmartRequest): AssistPrompt {
  return {
    points: prompts.map(({ at: [x, y], inside }) => ({ x, y, inside })),
    box: box && [box.x1, box.y1, box.x2, box.y2],
    viewport: [view.x1, view.y1, view.x2, view.y2],
  };
}

const pairs = (points: number[][]): Pair[] => points.map(([x = 0, y = 0]) => [x, y]);

export function smartProvider(taskId: string): SmartProvider {
  return async (request): Promise<SmartAnswer> => {
    try {
      const { candidates } = await assistDecode(taskId, promptOf(request), request.signal);
      const best = candidates[0];
      if (!best || best.polygon.points.length < 3) return { shape: null };
      const { points, holes } = best.polygon;
      return { shape: polygonShape(pairs(points), holes.map(pairs)), score: best.score };
    } catch (error) {
      if (error instanceof DOMException) throw error;
      throw new Error(annotateWords.assistFailed(toApiError(error).message), { cause: error });
    }
  };
}

/** Asks for the encoding and follows it until it is there. Returns the way to stop. */
export function followAssist(taskId: string, tell: (state: AssistState) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isOver = false;
  const ask = async () => {
    try {
      const answer = await assistEncode(taskId);
      if (isOver) return;
      tell(answer);
      if (answer.state === 'encoding') timer = setTimeout(() => void ask(), ENCODING_POLL_MS);
    } catch (error) {
      if (!isOver) tell({ ...NO_ASSIST, message: toApiError(error).message });
    }
  };
  void ask();
  return () => {
    isOver = true;
    if (timer) clearTimeout(timer);
  };
}
