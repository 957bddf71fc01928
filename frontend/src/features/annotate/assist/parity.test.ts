// @vitest-environment node
/** The browser's decoders answer as the server's do: cases of tests/support/assist_vectors.py. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';

import { countsFromText } from '@/canvas/geometry/rle';
import { maskShape, maskSpans } from '@/canvas/geometry/shapes/mask';
import { spansArea, subtract, unite, type Spans } from '@/canvas/geometry/spans';

import { cropPlanes } from './crop';
import { drawBox, drawClick } from './draw';
import { isFixed, networkOf, openGraph, samOf } from './graphs';
import { halfToFloats } from './half';
import { AssistNetwork } from './network';
import type { Answer, Pixels, Prompts, Reading } from './prompts';
import { SamDecoder } from './sam';

type Case = {
  name: string;
  points?: [number, number, number][];
  box?: number[];
  view?: number[];
  after?: number;
  masks: string[];
  scores: number[];
};
type Vectors = {
  picture: { width: number; height: number };
  crop_size: number;
  crops: { window: [number, number, number]; bytes: number[] }[];
  drawn: { clicks: number[]; box: number[] };
  networks: { size: number; graph: string; cases: Case[] }[];
  sam: { side: number; shape: [number, number, number]; graph: string; cases: Case[] };
};

const file = fileURLToPath(new URL('../../../../../tests/vectors/assist.json', import.meta.url));
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
ort.env.wasm.numThreads = 1;

/** The same whole-number picture as the Python side draws. */
function picture(): Pixels {
  const { width, height } = vectors.picture;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isDisk = (x - 70) ** 2 + (y - 50) ** 2 < 900;
      for (let c = 0; c < 3; c += 1) {
        const ground = 40 + ((x * 3 + y * 2 + c * 40) % 64);
        data[(y * width + x) * 4 + c] = isDisk ? 200 - 30 * c + ((x * y) % 16) : ground;
      }
    }
  }
  return { width, height, data };
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

function embedding([channels, rows, cols]: readonly [number, number, number]): Float32Array {
  const values: number[] = [];
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < cols; x += 1) {
        const mixed = c * 37 + y * 11 + x * 7 + (x - 7) * (y - 6) * (c + 1);
        values.push((modulo(mixed, 128) - 64) / 64);
      }
    }
  }
  return Float32Array.from(values);
}

const boxOf = (given: number[] | undefined): Prompts['box'] => {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = given ?? [];
  return given ? { x1, y1, x2, y2 } : null;
};
const promptsOf = ({ points = [], box, view }: Case): Prompts => ({
  points: points.map(([x, y, inside]) => ({ at: [x, y], inside: inside === 1 })),
  box: boxOf(box),
  view: boxOf(view),
});

function expectedSpans(text: string): Spans {
  const { width, height } = vectors.picture;
  return maskSpans({ type: 'mask', x: 0, y: 0, width, height, counts: countsFromText(text) ?? [] });
}

/** 1 where both are empty. */
function iou(a: Spans, b: Spans): number {
  const union = spansArea(unite(a, b));
  const either = spansArea(subtract(a, b)) + spansArea(subtract(b, a));
  return union ? 1 - either / union : 1;
}

async function answerAll<Kept>(
  cases: readonly Case[],
  decode: (prompts: Prompts, before: { kept: Kept } | null) => Promise<Reading<Kept>[]>,
): Promise<void> {
  const found: Reading<Kept>[][] = [];
  for (const each of cases) {
    const earlier = each.after === undefined ? undefined : found[each.after]?.[0];
    const got = await decode(promptsOf(each), earlier ? { kept: earlier.kept } : null);
    found.push(got);
    const scores = got.map(({ score }) => score);
    expect(scores.length, each.name).toBe(each.scores.length);
    scores.forEach((score, k) => expect(score, each.name).toBeCloseTo(each.scores[k]!, 2));
    got.forEach(({ spans }, k) => {
      expect(iou(spans, expectedSpans(each.masks[k]!)), `${each.name} ${k}`).toBeGreaterThan(0.98);
      // What is made here must be a sound set of pixels.
      if (spans.columns.length) expect(maskSpans(maskShape(spans)!)).toEqual(spans);
    });
  }
}

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

describe('what the network is shown', () => {
  it.each(vectors.crops)('window $window as OpenCV cuts and scales it', ({ window, bytes: expected }) => {
    const size = vectors.crop_size;
    const [left, top, side] = window;
    const planes = new Float32Array(3 * size * size);
    cropPlanes(picture(), { left, top, side }, size, planes);
    const off = expected.map((value, at) => {
      const here = (planes[(at % 3) * size * size + Math.floor(at / 3)] ?? 0) * 255;
      return Math.abs(here - value);
    });
    // A byte up or down where a sum falls on the half.
    expect(Math.max(...off)).toBeLessThan(1.01);
  });

  it('clicks and the roof over a box', () => {
    const size = vectors.crop_size;
    const clicks = new Float32Array(size * size);
    const places = [[0.2, 0.4], [10, 10], [14.5, 5.5], [19.9, 19]] as const; // prettier-ignore
    for (const at of places) drawClick(clicks, size, at);
    expect([...clicks]).toEqual(vectors.drawn.clicks);
    const box = new Float32Array(size * size);
    drawBox(box, size, { x1: 3.3, y1: -2, x2: 15.7, y2: 12.4 });
    box.forEach((value, at) => expect(value).toBeCloseTo(vectors.drawn.box[at]!, 4));
  });
});

describe('the same masks as on the server', () => {
  it.each(vectors.networks)('by a network made for $size pixels', async ({ size, graph, cases }) => {
    const session = await openGraph(ort, bytes(graph));
    const network = new AssistNetwork(networkOf(ort, session), size, isFixed(session));
    await network.warmUp();
    const pixels = picture();
    await answerAll<Answer>(cases, (prompts, before) => network.decode(pixels, prompts, before));
  });

  it('by Segment Anything', async () => {
    const { side, shape, graph, cases } = vectors.sam;
    const session = await openGraph(ort, bytes(graph));
    const run = samOf(ort, session, embedding(shape), shape);
    const decoder = new SamDecoder(run, side, 4 * shape[1], vectors.picture);
    await answerAll<Float32Array>(cases, (prompts, before) => decoder.decode(prompts, before));
  });
});

describe('half floats', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x0001, 2 ** -24],
    [0x7bff, 65504],
    [0xfc00, -Infinity],
  ])('%i', (bits, value) => {
    expect(halfToFloats(Uint16Array.of(bits).buffer)[0]).toBe(value);
  });
});
