import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { NO_SPANS } from '@/canvas/geometry/spans';

import { LocalAssist, LocalLost, type WorkerLike } from './local';
import type { DecoderInfo, FromWorker, PictureInfo, ToWorker } from './messages';

const DECODER: DecoderInfo = { kind: 'assist', url: '/a.onnx', bytes: 10, inputSize: 32 };
const PICTURE: PictureInfo = {
  taskId: 'one',
  url: '/one.jpg',
  size: { width: 10, height: 10 },
  embedding: null,
};
const PROMPTS = { points: [{ at: [1, 1], inside: true }], box: null, view: null } as const;

/** A worker whose words the test speaks. */
class Puppet implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  readonly heard: ToWorker[] = [];
  isEnded = false;

  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }
  terminate(): void {
    this.isEnded = true;
  }
  say(message: FromWorker): void {
    this.onmessage?.call(this as never, { data: message } as MessageEvent);
  }
  start(): void {
    this.say({ say: 'opened', ms: 1, threads: 1 });
    this.say({ say: 'shown', taskId: 'one', ms: 1 });
  }
  get asked(): number[] {
    return this.heard.flatMap((each) => (each.do === 'ask' ? [each.id] : []));
  }
}

function started(): { local: LocalAssist; puppets: Puppet[] } {
  const puppets: Puppet[] = [];
  const local = new LocalAssist(() => {
    puppets.push(new Puppet());
    return puppets.at(-1)!;
  });
  local.open(DECODER);
  local.show(PICTURE);
  return { local, puppets };
}
const none = new AbortController().signal;

describe('the decoder of this browser', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is ready for a picture once it is open and the picture is there', () => {
    const { local, puppets } = started();
    expect(local.state).toBe('starting');
    puppets[0]!.start();
    expect(local.isReadyFor('one')).toBe(true);
    expect(local.isReadyFor('two')).toBe(false);
  });

  it('is kept over pictures, and opened anew only for other weights', () => {
    const { local, puppets } = started();
    puppets[0]!.start();
    local.open(DECODER);
    local.show({ ...PICTURE, taskId: 'two' });
    expect(puppets).toHaveLength(1);
    local.open({ ...DECODER, url: '/b.onnx' });
    expect(puppets).toHaveLength(2);
    expect(puppets[0]!.isEnded).toBe(true);
  });

  it('answers, and learns how long it takes', async () => {
    const { local, puppets } = started();
    puppets[0]!.start();
    const asked = local.ask('one', PROMPTS, null, none);
    const candidates = [{ spans: NO_SPANS, score: 0.5, kept: 1 }];
    puppets[0]!.say({ say: 'answer', id: puppets[0]!.asked[0]!, candidates, ms: 40 });
    await expect(asked).resolves.toEqual({ candidates, ms: 40 });
    expect(local.usualMs).toBe(40);
  });

  it('knows it before the first answer from those that nobody asked for', () => {
    const { local, puppets } = started();
    puppets[0]!.start();
    expect(local.usualMs).toBeNull();
    for (const ms of [200, 60, 70]) puppets[0]!.say({ say: 'rehearsed', ms });
    expect(local.usualMs).toBe(70);
  });

  it('tells the worker that nobody waits any more', async () => {
    const { local, puppets } = started();
    puppets[0]!.start();
    const abort = new AbortController();
    const asked = local.ask('one', PROMPTS, null, abort.signal);
    abort.abort(new DOMException('Later prompt.', 'AbortError'));
    await expect(asked).rejects.toThrow('Later prompt.');
    expect(puppets[0]!.heard.at(-1)).toMatchObject({ do: 'drop' });
  });

  it.each([
    ['breaks', (puppet: Puppet) => puppet.onerror?.call(puppet as never, new ErrorEvent('error'))],
    ['falls silent', () => void vi.advanceTimersByTime(10_001)],
  ])('starts again with the same picture when it %s', async (_how, kill) => {
    const { local, puppets } = started();
    puppets[0]!.start();
    const asked = local.ask('one', PROMPTS, null, none);
    kill(puppets[0]!);
    await expect(asked).rejects.toBeInstanceOf(LocalLost);
    expect(puppets[0]!.isEnded).toBe(true);
    expect(local.state).toBe('starting');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(puppets[1]!.heard.map((each) => each.do)).toEqual(['open', 'show']);
    puppets[1]!.start();
    expect(local.isReadyFor('one')).toBe(true);
  });

  it('gives up after dying again and again, and at once where it cannot start', async () => {
    const { local, puppets } = started();
    for (let life = 0; life < 4; life += 1) {
      const puppet = puppets.at(-1)!;
      puppet.onerror?.call(puppet as never, new ErrorEvent('error'));
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(local.state).toBe('refused');
    expect(puppets).toHaveLength(4);
    const other = started();
    other.puppets[0]!.say({ say: 'failed', of: 'open', id: '', why: 'no wasm here' });
    expect(other.local).toMatchObject({ state: 'refused', why: 'no wasm here' });
    await expect(other.local.ask('one', PROMPTS, null, none)).rejects.toBeInstanceOf(LocalLost);
    const barred = new LocalAssist(() => {
      throw new Error('workers are barred');
    });
    barred.open(DECODER);
    expect(barred.state).toBe('refused');
  });
});
