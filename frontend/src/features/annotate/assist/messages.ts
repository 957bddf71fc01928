/** What the page and the assist's worker say to each other. Prompts and pixels are in pixels of the whole picture. */
import type { Box } from '@/canvas/geometry/box';
import type { Size } from '@/canvas/geometry/points';
import type { Spans } from '@/canvas/geometry/spans';

import type { Prompts } from './prompts';

export type DecoderInfo = {
  readonly kind: 'assist' | 'sam';
  readonly url: string;
  readonly bytes: number;
  /** Side of the square input. */
  readonly inputSize: number;
};

export type EmbeddingInfo = {
  readonly url: string;
  readonly shape: readonly number[];
  /** Of the picture that was encoded; a large one is encoded by its overview. */
  readonly size: Size;
};

export type PictureInfo = {
  readonly taskId: string;
  readonly url: string;
  /** Of the whole picture: what lies at `url` may be a smaller copy of it. */
  readonly size: Size;
  readonly embedding: EmbeddingInfo | null;
};

/** `kept`: the number of an earlier candidate. */
export type GivenBefore = { readonly kept: number } | { readonly spans: Spans } | null;

export type ToWorker =
  | { readonly do: 'open'; readonly decoder: DecoderInfo; readonly threads: number; readonly lock: string }
  | { readonly do: 'show'; readonly picture: PictureInfo }
  | {
      readonly do: 'ask';
      readonly id: number;
      readonly taskId: string;
      readonly prompts: Prompts;
      readonly before: GivenBefore;
    }
  /** Nobody waits for it any more. */
  | { readonly do: 'drop'; readonly id: number };

export type Candidate = { readonly spans: Spans; readonly score: number; readonly kept: number };

export type FromWorker =
  /** The lock is held: whoever gets it next knows that this worker is gone. */
  | { readonly say: 'holds' }
  | { readonly say: 'opened'; readonly ms: number; readonly threads: number }
  | { readonly say: 'shown'; readonly taskId: string; readonly ms: number }
  | {
      readonly say: 'answer';
      readonly id: number;
      readonly candidates: readonly Candidate[];
      readonly ms: number;
    }
  /** An answer that nobody asked for took so long. */
  | { readonly say: 'rehearsed'; readonly ms: number }
  /** `of: open`: no decoder at all; `show`: none for this picture; `ask`: only this prompt. */
  | {
      readonly say: 'failed';
      readonly of: 'open' | 'show' | 'ask';
      readonly id: number | string;
      readonly why: string;
    };

/** Boxes and clicks of the whole picture in pixels of a smaller copy. */
export function scaledPrompts({ points, box, view }: Prompts, by: number): Prompts {
  if (by === 1) return { points, box, view };
  const boxBy = (given: Box | null): Box | null =>
    given && { x1: given.x1 * by, y1: given.y1 * by, x2: given.x2 * by, y2: given.y2 * by };
  return {
    points: points.map(({ at: [x, y], inside }) => ({ at: [x * by, y * by] as const, inside })),
    box: boxBy(box),
    view: boxBy(view),
  };
}

/** Pixels of the whole picture as pixels of a smaller copy. */
export function scaledSpans(spans: Spans, by: number): Spans {
  if (by === 1) return spans;
  const x = Math.floor(spans.x * by);
  const length = Math.ceil(spans.columns.length * by);
  const columns = Array.from({ length }, (_, index) => {
    const source = spans.columns[Math.floor((x + index + 0.5) / by) - spans.x] ?? [];
    const runs: number[] = [];
    for (let run = 0; run + 1 < source.length; run += 2) {
      const from = Math.round((source[run] ?? 0) * by);
      const to = Math.round((source[run + 1] ?? 0) * by);
      if (to > from && from > (runs[runs.length - 1] ?? -1)) runs.push(from, to);
    }
    return runs;
  });
  return { x, columns };
}
