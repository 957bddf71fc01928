// @vitest-environment node
/** The worker's desk with real graphs, tiny ones: opened, shown, asked, corrected, and what goes wrong. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as ort from 'onnxruntime-web';
import { describe, expect, it, vi } from 'vitest';

import { spansArea, spansBounds, subtract } from '@/canvas/geometry/spans';

import { Desk, type Outside } from './desk';
import type { DecoderInfo, FromWorker, PictureInfo } from './messages';
import type { Prompts } from './prompts';

type Tiny = { graph: string; size: number; side: number; shape: [number, number, number] };
const file = fileURLToPath(new URL('../../../../../tests/vectors/assist.json', import.meta.url));
const vectors = JSON.parse(readFileSync(file, 'utf8')) as { networks: Tiny[]; sam: Tiny };
const [, network] = vectors.networks as [Tiny, Tiny];
ort.env.wasm.numThreads = 1;

const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, 'base64')).buffer;
const WIDE = { width: 60, height: 40 };
const BOX: Prompts = { points: [], box: { x1: 10, y1: 5, x2: 50, y2: 35 }, view: null };

function desk(change: Partial<Outside> = {}) {
  const said: FromWorker[] = [];
  const files: Record<string, ArrayBuffer> = {
    '/network.onnx': bytesOf(network.graph),
    '/sam.onnx': bytesOf(vectors.sam.graph),
    '/embedding': new Uint16Array(vectors.sam.shape.reduce((a, b) => a * b)).buffer,
  };
  const made = new Desk({
    runtime: () => Promise.resolve(ort),
    fetch: (url) => Promise.resolve(files[url] ?? new ArrayBuffer(0)),
    pixels: () => Promise.resolve({ ...WIDE, data: new Uint8ClampedArray(60 * 40 * 4).fill(220) }),
    say: (message) => said.push(message),
    now: () => 0,
    breathe: () => Promise.resolve(),
    ...change,
  });
  const next = async <S extends FromWorker['say']>(say: S, index = 0) =>
    vi.waitFor(() => {
      const found = said.filter((each) => each.say === say)[index];
      if (!found) throw new Error(`${say} was not said: ${JSON.stringify(said.map((each) => each.say))}`);
      return found as Extract<FromWorker, { say: S }>;
    }, 15_000);
  return { made, said, next };
}

const decoder = (kind: 'assist' | 'sam'): DecoderInfo => {
  const graph = kind === 'sam' ? vectors.sam.graph : network.graph;
  const url = kind === 'sam' ? '/sam.onnx' : '/network.onnx';
  const inputSize = kind === 'sam' ? vectors.sam.side : network.size;
  return { kind, url, bytes: bytesOf(graph).byteLength, inputSize };
};
const picture = (change: Partial<PictureInfo> = {}): PictureInfo => ({
  taskId: 'one',
  url: '/one.png',
  size: WIDE,
  embedding: null,
  ...change,
});

describe('the desk', () => {
  it('answers in pixels of the whole picture, of which it sees a smaller copy', async () => {
    const { made, next } = desk();
    made.hear({ do: 'open', decoder: decoder('assist'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture() });
    const larger = { ...BOX, box: { x1: 100, y1: 50, x2: 500, y2: 350 } };
    made.hear({ do: 'show', picture: picture({ taskId: 'large', size: { width: 600, height: 400 } }) });
    made.hear({ do: 'ask', id: 1, taskId: 'one', prompts: BOX, before: null });
    made.hear({ do: 'ask', id: 2, taskId: 'large', prompts: larger, before: null });
    const [small, large] = [(await next('answer')).candidates[0]!, (await next('answer', 1)).candidates[0]!];
    expect(spansArea(small.spans)).toBeGreaterThan(100);
    expect(spansArea(large.spans) / spansArea(small.spans) / 100).toBeCloseTo(1, 1);
    expect(spansBounds(large.spans)!.x2).toBeLessThanOrEqual(600);
  });

  it('corrects a candidate it gave, and answers anew where it no longer has it', async () => {
    const { made, next } = desk();
    made.hear({ do: 'open', decoder: decoder('assist'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture() });
    made.hear({ do: 'ask', id: 1, taskId: 'one', prompts: BOX, before: null });
    const first = (await next('answer')).candidates[0]!;
    made.hear({ do: 'ask', id: 2, taskId: 'one', prompts: BOX, before: { kept: first.kept } });
    made.hear({ do: 'ask', id: 3, taskId: 'one', prompts: BOX, before: { kept: 9_999 } });
    const again = (await next('answer', 1)).candidates[0]!;
    expect(spansArea(again.spans)).toBeGreaterThan(spansArea(first.spans));
    expect((await next('answer', 2)).candidates[0]!.spans).toEqual(first.spans);
  });

  it('gives a question that it was just asked the answer it has, a correction too', async () => {
    const { made, next } = desk();
    made.hear({ do: 'open', decoder: decoder('assist'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture() });
    made.hear({ do: 'ask', id: 1, taskId: 'one', prompts: BOX, before: null });
    const { kept } = (await next('answer')).candidates[0]!;
    for (const id of [2, 3]) made.hear({ do: 'ask', id, taskId: 'one', prompts: BOX, before: { kept } });
    const [early, late] = [await next('answer', 1), await next('answer', 2)];
    expect(late.candidates.map((each) => each.kept)).toEqual(early.candidates.map((each) => each.kept));
    expect(early.candidates[0]!.kept).not.toBe(kept);
  });

  it('runs Segment Anything on an embedding, from the pixels of an object too', async () => {
    const { made, next } = desk();
    const embedding = { url: '/embedding', shape: vectors.sam.shape, size: WIDE };
    made.hear({ do: 'open', decoder: decoder('sam'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture({ embedding }) });
    const click: Prompts = { points: [{ at: [30, 20], inside: true }], box: null, view: null };
    const spans = { x: 5, columns: Array.from({ length: 20 }, () => [5, 30]) };
    made.hear({ do: 'ask', id: 1, taskId: 'one', prompts: click, before: null });
    made.hear({ do: 'ask', id: 2, taskId: 'one', prompts: click, before: { spans } });
    expect((await next('answer')).candidates).toHaveLength(3);
    const corrected = (await next('answer', 1)).candidates[0]!.spans;
    expect(spansArea(subtract(spans, corrected))).toBeLessThan(0.1 * spansArea(spans));
  });

  it('plays boxes and clicks through while nobody asks, twice a worker', async () => {
    let [runs, asked] = [0, false];
    const counted = {
      ...ort,
      Tensor: ort.Tensor,
      InferenceSession: {
        create: async (...args: Parameters<typeof ort.InferenceSession.create>) => {
          const session = await ort.InferenceSession.create(...args);
          const run = session.run.bind(session);
          session.run = ((...given: Parameters<typeof run>) => {
            runs += 1;
            return run(...given);
          }) as typeof session.run;
          return session;
        },
      },
    };
    const breathe = (): Promise<void> => {
      // Somebody asks in the second round: it goes before the rest.
      if (runs === 4 && !asked) {
        asked = true;
        made.hear({ do: 'ask', id: 1, taskId: 'one', prompts: BOX, before: null });
      }
      return Promise.resolve();
    };
    const { made, said, next } = desk({ runtime: () => Promise.resolve(counted as typeof ort), breathe });
    const embedding = { url: '/embedding', shape: vectors.sam.shape, size: WIDE };
    made.hear({ do: 'open', decoder: decoder('sam'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture({ embedding }) });
    await next('answer');
    expect(runs).toBe(5);
    expect(said.findIndex((each) => each.say === 'shown')).toBe(
      said.flatMap((each, at) => (each.say === 'rehearsed' ? [at] : []))[2]! + 1,
    );
    made.hear({ do: 'show', picture: picture({ embedding, taskId: 'two' }) });
    await vi.waitFor(() => expect(runs).toBe(7));
    made.hear({ do: 'show', picture: picture({ embedding, taskId: 'three' }) });
    await next('shown', 2);
    made.hear({ do: 'ask', id: 2, taskId: 'three', prompts: BOX, before: null });
    await next('answer', 1);
    expect(runs).toBe(8);
    // They tell how long an answer takes here.
    expect(said.filter((each) => each.say === 'rehearsed')).toHaveLength(6);
  });

  it('leaves out what nobody waits for', async () => {
    const { made, said, next } = desk();
    made.hear({ do: 'open', decoder: decoder('assist'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture() });
    made.hear({ do: 'ask', id: 1, taskId: 'one', prompts: BOX, before: null });
    made.hear({ do: 'ask', id: 2, taskId: 'one', prompts: BOX, before: null });
    made.hear({ do: 'drop', id: 1 });
    expect((await next('answer')).id).toBe(2);
    expect(said.filter((each) => each.say === 'answer')).toHaveLength(1);
  });

  it.each([
    ['a graph that comes in part', { fetch: () => Promise.resolve(new ArrayBuffer(3)) }, 'open', /whole/],
    ['no wasm', { runtime: () => Promise.reject(new Error('wasm is barred')) }, 'open', /barred/],
    [
      'a picture it cannot read',
      { pixels: () => Promise.reject(new Error('too large')) },
      'show',
      /too large/,
    ],
  ] as const)('says so: %s', async (_case, change, of, why) => {
    const { made, next } = desk(change);
    made.hear({ do: 'open', decoder: decoder('assist'), threads: 1, lock: '' });
    made.hear({ do: 'show', picture: picture() });
    expect(await next('failed')).toMatchObject({ of, why: expect.stringMatching(why) as string });
  });

  it('says that it was not shown the picture it is asked about', async () => {
    const { made, next } = desk();
    made.hear({ do: 'ask', id: 7, taskId: 'other', prompts: BOX, before: null });
    expect(await next('failed')).toMatchObject({ of: 'ask', id: 7 });
  });
});
