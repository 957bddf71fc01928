import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { frameFrom, streamUrl, WallStream } from '@/features/live/frames';

const message = (over: Record<string, unknown> = {}) =>
  JSON.stringify({
    feed_id: 'f1',
    time_s: 2,
    jpeg: 'AAAA',
    width: 640,
    height: 360,
    objects: [{ track_id: 3, label: 'person', score: 0.8, box: [1, 2, 3, 4] }],
    fps: 5,
    latency_ms: 42,
    ...over,
  });

class FakeSource {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  close = vi.fn();
}

let opened: FakeSource[];
let nowMs: number;
let wall: WallStream;

beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  nowMs = 0;
  wall = new WallStream(
    streamUrl(['f1', 'f2']),
    () => {
      const source = new FakeSource();
      opened.push(source);
      return source;
    },
    () => nowMs,
  );
  wall.start();
});
afterEach(() => {
  wall.stop();
  vi.useRealTimers();
});

it('reads frames and leaves out what cannot be drawn', () => {
  expect(frameFrom('not json')).toBeNull();
  expect(frameFrom('null')).toBeNull();
  expect(frameFrom(message({ width: 0 }))).toBeNull();
  const frame = frameFrom(
    message({ objects: [{ label: 'x' }, { box: [1, 2, 3, Number.NaN] }, { box: [0, 0, 1, 1] }] }),
  );
  expect(frame?.objects).toHaveLength(1);
});

it('asks for at most sixteen feeds', () => {
  const ids = Array.from({ length: 20 }, (_, at) => `f${at}`);
  expect(new URL(streamUrl(ids), 'http://x').searchParams.get('feeds')?.split(',')).toHaveLength(16);
});

it('gives each tile its own frames, and the newest to one that comes late', () => {
  const one = vi.fn();
  const other = vi.fn();
  wall.watch('f1', one);
  wall.watch('f2', other);
  opened[0]!.onmessage?.({ data: message() });
  expect(one).toHaveBeenCalledOnce();
  expect(other).not.toHaveBeenCalled();
  const late = vi.fn();
  wall.watch('f1', late);
  expect(late.mock.calls[0]?.[0].time_s).toBe(2);
});

it('tells once a second how a feed does, and how long it was silent', () => {
  opened[0]!.onmessage?.({ data: message() });
  nowMs = 7_000;
  vi.advanceTimersByTime(1_000);
  expect(wall.read().facts.get('f1')).toMatchObject({ fps: 5, latencyMs: 42, objects: 1, silentS: 7 });
});

it('opens again after trouble, later each time, and not after it was stopped', () => {
  opened[0]!.onerror?.();
  expect(wall.read().state).toBe('waiting');
  vi.advanceTimersByTime(1_000);
  expect(opened).toHaveLength(2);
  opened[1]!.onerror?.();
  vi.advanceTimersByTime(1_500);
  expect(opened).toHaveLength(2);
  vi.advanceTimersByTime(500);
  expect(opened).toHaveLength(3);
  opened[2]!.onerror?.();
  wall.stop();
  vi.advanceTimersByTime(60_000);
  expect(opened).toHaveLength(3);
});
