/** The worker's work: a decoder, the pictures it was shown, and the answers that may still be corrected. */
import type { Size } from '@/canvas/geometry/points';

import { isFixed, networkOf, openGraph, samOf, type Ort, type Session } from './graphs';
import { halfToFloats } from './half';
import {
  scaledPrompts,
  scaledSpans,
  type Candidate,
  type DecoderInfo,
  type FromWorker,
  type GivenBefore,
  type PictureInfo,
  type ToWorker,
} from './messages';
import { AssistNetwork, type Wanted } from './network';
import type { Answer, Before, Pixels, Prompts, Reading } from './prompts';
import { Rehearsal } from './rehearsal';
import { SamDecoder } from './sam';

/** This picture and the one before: the way back is one key. */
const PICTURES_KEPT = 2;
/** Answers that a correction, or the way back over corrections, may ask for again. */
const ANSWERS_KEPT = 48;

type Question = Extract<ToWorker, { do: 'ask' }>;
type Kept = Answer | Float32Array;
type Decode = (prompts: Prompts, before: GivenBefore, wanted: Wanted) => Promise<Reading<Kept>[]>;
type Shown = { readonly decode: Decode };

export type Outside = {
  readonly runtime: (threads: number) => Promise<Ort>;
  readonly fetch: (url: string) => Promise<ArrayBuffer>;
  readonly pixels: (url: string) => Promise<Pixels>;
  readonly say: (message: FromWorker) => void;
  readonly now: () => number;
  /** Lets what the page has said meanwhile be heard. */
  readonly breathe: () => Promise<void>;
};

export class Desk {
  private opened: Promise<{ ort: Ort; session: Session; decoder: DecoderInfo }> | null = null;
  private network: AssistNetwork | null = null;
  private readonly shown = new Map<string, Promise<Shown>>();
  private readonly kept = new Map<number, Kept>();
  private readonly dropped = new Set<number>();
  private lastKept = 0;
  private last: { readonly asked: string; readonly candidates: readonly Candidate[] } | null = null;
  private line: Promise<unknown> = Promise.resolve();
  /** Questions in line. */
  private waiting = 0;
  private readonly rehearsal = new Rehearsal();

  constructor(private readonly outside: Outside) {}

  hear(message: ToWorker): void {
    switch (message.do) {
      case 'open':
        return this.open(message.decoder, message.threads);
      case 'show':
        return this.show(message.picture);
      case 'drop':
        return void this.dropped.add(message.id);
      case 'ask':
        // One at a time: two passes at once would only slow each other.
        this.waiting += 1;
        this.line = this.line.then(() => this.answer(message)).finally(() => (this.waiting -= 1));
    }
  }

  private open(decoder: DecoderInfo, threads: number): void {
    const { outside } = this;
    const began = outside.now();
    this.opened = (async () => {
      const [ort, graph] = await Promise.all([outside.runtime(threads), outside.fetch(decoder.url)]);
      if (graph.byteLength !== decoder.bytes) throw new Error('The decoder did not arrive whole.');
      const session = await openGraph(ort, new Uint8Array(graph));
      if (decoder.kind === 'assist') {
        this.network = new AssistNetwork(networkOf(ort, session), decoder.inputSize, isFixed(session));
        await this.network.warmUp();
      }
      return { ort, session, decoder };
    })();
    this.opened.then(
      () => outside.say({ say: 'opened', ms: outside.now() - began, threads }),
      (error: unknown) => outside.say({ say: 'failed', of: 'open', id: '', why: wordOf(error) }),
    );
  }

  private show(picture: PictureInfo): void {
    const { taskId } = picture;
    const began = this.outside.now();
    const found = this.shown.get(taskId) ?? this.prepared(picture);
    this.shown.delete(taskId);
    this.shown.set(taskId, found);
    const [oldest] = this.shown.keys();
    if (this.shown.size > PICTURES_KEPT && oldest !== undefined) this.shown.delete(oldest);
    found.then(
      () => this.outside.say({ say: 'shown', taskId, ms: this.outside.now() - began }),
      (error: unknown) => {
        this.shown.delete(taskId);
        this.outside.say({ say: 'failed', of: 'show', id: taskId, why: wordOf(error) });
      },
    );
  }

  private async prepared({ url, size, embedding }: PictureInfo): Promise<Shown> {
    const { outside, opened } = this;
    if (!opened) throw new Error('No decoder was opened.');
    if (embedding) {
      const [{ ort, session, decoder }, data] = await Promise.all([opened, outside.fetch(embedding.url)]);
      const run = samOf(ort, session, halfToFloats(data), embedding.shape);
      const sam = new SamDecoder(run, decoder.inputSize, 4 * (embedding.shape[1] ?? 0), embedding.size, size);
      const shown = scaled(embedding.size, size, (prompts, before) =>
        sam.decode(prompts, this.before(before, isLogits)),
      );
      return this.rehearsed(shown, size);
    }
    const [pixels] = await Promise.all([outside.pixels(url), opened]);
    const { network } = this;
    if (!network) throw new Error('This decoder needs an embedding.');
    const shown = scaled(pixels, size, (prompts, before, wanted) =>
      network.decode(pixels, prompts, this.before(before, isAnswer), size, wanted),
    );
    return this.rehearsed(shown, size);
  }

  /** The first answers are the dear ones, and they are nobody's: the server answers meanwhile. More while nobody asks. */
  private async rehearsed(shown: Shown, size: Size): Promise<Shown> {
    const { rehearsal, outside } = this;
    const answers = async (prompts: Prompts, before: number | null): Promise<number | null> => {
      const [best] = await shown.decode(prompts, before === null ? null : { kept: before }, always);
      return best ? this.keep(best.kept) : null;
    };
    const next = async (): Promise<void> => {
      const began = outside.now();
      await rehearsal.next(size, answers);
      outside.say({ say: 'rehearsed', ms: outside.now() - began });
    };
    while (rehearsal.isFirst) await next();
    const others = async (): Promise<void> => {
      while (!rehearsal.isOver) {
        await outside.breathe();
        if (this.waiting > 0) return;
        await next();
      }
    };
    // Where the graph fails, the first question will tell.
    this.line = this.line.then(others).catch(() => undefined);
    return shown;
  }

  private before<K extends Kept>(given: GivenBefore, fits: (kept: Kept) => kept is K): Before<K> {
    if (!given || 'spans' in given) return given;
    // Too long ago, or of a decoder before this one: the prompts alone must do.
    const kept = this.kept.get(given.kept);
    return kept && fits(kept) ? { kept } : null;
  }

  private async answer(message: Question): Promise<void> {
    const { id } = message;
    if (this.dropped.delete(id)) return;
    const began = this.outside.now();
    try {
      const candidates = await this.candidates(message);
      if (this.dropped.delete(id)) return;
      this.outside.say({ say: 'answer', id, candidates, ms: this.outside.now() - began });
    } catch (error) {
      this.outside.say({ say: 'failed', of: 'ask', id, why: wordOf(error) });
    }
  }

  /** A click asks what was answered already, as its press began or the pointer rested there. */
  private async candidates({ id, taskId, prompts, before }: Question): Promise<readonly Candidate[]> {
    // An object's own pixels are as long as an answer: asked about once, and never by a glance.
    const asked = before && 'spans' in before ? null : JSON.stringify([taskId, prompts, before]);
    if (asked !== null && asked === this.last?.asked) return this.last.candidates;
    const shown = await this.shown.get(taskId);
    if (!shown) throw new Error('This picture was not shown to the assist.');
    const wanted = async (): Promise<boolean> => {
      await this.outside.breathe();
      return !this.dropped.has(id);
    };
    const readings = await shown.decode(prompts, before, wanted);
    const candidates = readings.map(({ spans, score, kept }) => ({ spans, score, kept: this.keep(kept) }));
    if (asked !== null && !this.dropped.has(id)) this.last = { asked, candidates };
    return candidates;
  }

  private keep(kept: Kept): Candidate['kept'] {
    this.lastKept += 1;
    this.kept.set(this.lastKept, kept);
    this.kept.delete(this.lastKept - ANSWERS_KEPT);
    return this.lastKept;
  }
}

const always: Wanted = () => Promise.resolve(true);
const isLogits = (kept: Kept): kept is Float32Array => kept instanceof Float32Array;
const isAnswer = (kept: Kept): kept is Answer => !(kept instanceof Float32Array);

/** A decoder that sees a smaller copy (`seen`), asked about the whole picture. */
function scaled(seen: Size, whole: Size, decode: Decode): Shown {
  const by = seen.width / whole.width;
  return {
    decode: (prompts, before, wanted) => {
      const given = before && 'spans' in before ? { spans: scaledSpans(before.spans, by) } : before;
      return decode(scaledPrompts(prompts, by), given, wanted);
    },
  };
}

const wordOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
