import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { EventStream } from '@/lib/event-stream';
import { invalidateFromEvents, keysOf } from '@/lib/invalidation';

class FakeSource {
  static all: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  constructor() {
    FakeSource.all.push(this);
  }
  close() {
    this.isClosed = true;
  }
  say(body: unknown) {
    this.onmessage?.({ data: typeof body === 'string' ? body : JSON.stringify(body) });
  }
}

const stream = () => new EventStream('/api/v1/events', () => new FakeSource());
const newest = () => FakeSource.all.at(-1)!;

beforeEach(() => {
  FakeSource.all = [];
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe('EventStream', () => {
  it('opens one source however often it is started, and hands events to their kind and to all', () => {
    const events = stream();
    const jobs = vi.fn();
    const all = vi.fn();
    events.subscribe('job', jobs);
    events.subscribe('*', all);
    events.start();
    events.start();
    newest().onopen?.();
    newest().say({ kind: 'job', project_id: 'p1', data: { id: 'j1' } });
    newest().say({ kind: 'task', project_id: null });
    newest().say('not json');
    expect(FakeSource.all).toHaveLength(1);
    expect(jobs).toHaveBeenCalledTimes(1);
    expect(all.mock.calls.map(([event]) => (event as { kind: string }).kind)).toEqual(['job', 'task']);
  });

  it('comes back with growing waits, and says that something may have been missed', () => {
    const events = stream();
    const missed = vi.fn();
    events.onReconnect(missed);
    events.start();
    newest().onopen?.();
    newest().onerror?.();
    expect(events.state).toBe('waiting');
    expect(newest().isClosed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.all).toHaveLength(2);
    newest().onerror?.();
    vi.advanceTimersByTime(1_999);
    expect(FakeSource.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSource.all).toHaveLength(3);
    newest().onopen?.();
    expect(missed).toHaveBeenCalledTimes(1);
    expect(events.state).toBe('open');
  });

  it('does not come back after it was stopped', () => {
    const events = stream();
    events.start();
    newest().onerror?.();
    events.stop();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.all).toHaveLength(1);
    expect(events.state).toBe('closed');
  });
});

describe('invalidation', () => {
  it('names what an event makes old, within its project', () => {
    expect(keysOf({ kind: 'asset_ready', project_id: 'p1', data: {} })).toContainEqual(['assets', 'p1']);
    expect(keysOf({ kind: 'notice', project_id: null, data: {} })).toEqual([['notices']]);
    expect(keysOf({ kind: 'unheard_of', project_id: 'p1', data: {} })).toEqual([]);
  });

  it('gathers a burst into one refresh per key', () => {
    const events = stream();
    const cache = new QueryClient();
    const refreshed = vi.spyOn(cache, 'invalidateQueries').mockResolvedValue();
    const stop = invalidateFromEvents(events, cache);
    events.start();
    newest().onopen?.();
    for (let n = 0; n < 200; n += 1) newest().say({ kind: 'notice', project_id: null });
    vi.advanceTimersByTime(1_000);
    expect(refreshed).toHaveBeenCalledTimes(1);
    expect(refreshed).toHaveBeenCalledWith({ queryKey: ['notices'] });
    stop();
  });
});
