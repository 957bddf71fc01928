/**
 * Who answers a prompt: the decoder in this browser where it is ready, else the server, without the person noticing
 * more than a word in the status line.
 */
import type { Box } from '@/canvas/geometry/box';
import type { Pair, Size } from '@/canvas/geometry/points';
import { ringsToSpans } from '@/canvas/geometry/raster';
import type { SmartAnswer, SmartMemory, SmartRequest } from '@/canvas/tools/smart-provider';
import { ApiError, toApiError } from '@/lib/api-error';

import { assistDecode, type AssistAnswer, type AssistPrompt } from './api';
import { LocalLost, type LocalAssist } from './local';
import type { GivenBefore } from './messages';
import type { Prompts } from './prompts';
import { assistWords as words } from './strings';

/** A view that shows more of the picture than this says nothing of the size of what is meant. */
const VIEW_SHARE_MAX = 0.6;
/** Outlines from the server are as fine as it has them; the tool simplifies them itself. */
const SERVER_TOLERANCE_PX = 0.5;
/** The browser's decoder is given this long alone before the server is asked as well, milliseconds. */
const HEDGE_AFTER_MS = 1_500;

/** Where a candidate came from: only there can it be corrected. */
type Given = { readonly kept: number } | { readonly lowRes: string };

export type Where = 'browser' | 'server';
/** `frame`: of a video, the one that is asked about; the browser knows it by its own `key`. */
export type Asked = {
  readonly taskId: string;
  readonly size: Size;
  readonly local: LocalAssist;
  readonly key: string;
  readonly frame: number | null;
};

export function viewFor(view: Box, { width, height }: Size): Box | null {
  const shown = Math.max(view.x2 - view.x1, view.y2 - view.y1);
  return shown > VIEW_SHARE_MAX * Math.max(width, height) ? null : view;
}

/** The browser's answers are nobody else's; the server's are. */
export function spareMs({ key, local }: Asked): number {
  return (local.isReadyFor(key) ? local.usualMs : null) ?? Infinity;
}

/** `tell` hears who answered. Rejects with words for the person. */
export async function answer(
  asked: Asked,
  request: SmartRequest,
  tell: (where: Where) => void,
): Promise<SmartAnswer> {
  const byServer = async (signal: AbortSignal): Promise<SmartAnswer> => {
    const found = await fromServer(asked, { ...request, signal });
    tell('server');
    return found;
  };
  if (!asked.local.isReadyFor(asked.key)) return byServer(request.signal);
  const local = fromBrowser(asked, request).then((found) => (tell('browser'), found));
  if (request.isGlance) return local;
  return hedged(local, byServer, request.signal);
}

/** The first answer of either: the second is asked where the first has failed, or takes long. */
function hedged(
  first: Promise<SmartAnswer>,
  second: (signal: AbortSignal) => Promise<SmartAnswer>,
  signal: AbortSignal,
): Promise<SmartAnswer> {
  const abort = new AbortController();
  signal.addEventListener('abort', () => abort.abort(signal.reason));
  return new Promise((resolve, reject) => {
    let other: Promise<SmartAnswer> | null = null;
    const ask = (): Promise<SmartAnswer> => (other ??= second(abort.signal));
    const timer = setTimeout(() => {
      // The browser may still answer: the server's failure alone decides nothing.
      ask().then(resolve, () => undefined);
    }, HEDGE_AFTER_MS);
    first.then(
      (found) => {
        clearTimeout(timer);
        resolve(found);
        abort.abort(new DOMException('Answered.', 'AbortError'));
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (error instanceof LocalLost) ask().then(resolve, reject);
        else reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

async function fromBrowser({ key, size, local }: Asked, request: SmartRequest): Promise<SmartAnswer> {
  const { prompts, box, view, memory, signal } = request;
  const asked: Prompts = { points: prompts, box, view: viewFor(view, size) };
  const { candidates } = await local.ask(key, asked, beforeOf(memory), signal);
  const shown = candidates.filter(({ spans }) => spans.columns.length > 0);
  return {
    candidates: shown.map(({ spans, score, kept }) => ({ spans, score, given: { kept } satisfies Given })),
  };
}

function beforeOf(memory: SmartMemory | null): GivenBefore {
  if (!memory) return null;
  if ('spans' in memory) return memory;
  const given = memory.given as Given | null;
  return given && 'kept' in given ? given : null;
}

async function fromServer(asked: Asked, request: SmartRequest): Promise<SmartAnswer> {
  const { taskId, size, frame } = asked;
  const { signal } = request;
  const body = { ...promptFor(request, size), frame };
  try {
    return spansOf(await assistDecode(taskId, body, signal));
  } catch (error) {
    if (error instanceof DOMException) throw error;
    const isStrange = error instanceof ApiError && error.status === 400 && Boolean(body.previous);
    if (!isStrange) throw new Error(words.failed(toApiError(error).message), { cause: error });
    // Another model serves by now: it cannot correct what the one before said, but it can answer anew.
    return fromServer(asked, { ...request, memory: null });
  }
}

export function promptFor({ prompts, box, view, memory }: SmartRequest, size: Size): AssistPrompt {
  const given = memory && 'given' in memory ? (memory.given as Given | null) : null;
  const shown = viewFor(view, size);
  return {
    points: prompts.map(({ at: [x, y], inside }) => ({ x, y, inside })),
    box: box && [box.x1, box.y1, box.x2, box.y2],
    viewport: shown && [shown.x1, shown.y1, shown.x2, shown.y2],
    tolerance: SERVER_TOLERANCE_PX,
    previous: given && 'lowRes' in given ? given.lowRes : null,
    with_mask: false,
  };
}

const pairs = (points: number[][]): Pair[] => points.map(([x = 0, y = 0]) => [x, y]);

function spansOf({ candidates }: AssistAnswer): SmartAnswer {
  return {
    candidates: candidates.map(({ polygon, score, low_res }) => ({
      spans: ringsToSpans([polygon.points, ...polygon.holes].map(pairs)),
      score,
      given: low_res === null ? null : ({ lowRes: low_res } satisfies Given),
    })),
  };
}
