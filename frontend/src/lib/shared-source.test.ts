import { beforeEach, describe, expect, it, vi } from 'vitest';

import { SharedSource, sharedSource } from '@/lib/shared-source';

class FakeEventSource {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  close() {
    this.isClosed = true;
  }
}

/** Locks as browsers give them: one holder, the others in the order they asked. */
class FakeLocks {
  private readonly queue: { run: () => Promise<void> | void; signal?: AbortSignal }[] = [];
  private isHeld = false;
  request = ((_name: string, { signal }: { signal?: AbortSignal }, run: () => Promise<void> | void) => {
    this.queue.push({ run, signal });
    this.next();
    return new Promise(() => undefined);
  }) as unknown as LockManager['request'];
  private next(): void {
    if (this.isHeld) return;
    const first = this.queue.shift();
    if (!first) return;
    if (first.signal?.aborted) {
      this.next();
      return;
    }
    this.isHeld = true;
    void Promise.resolve(first.run()).then(() => {
      this.isHeld = false;
      this.next();
    });
  }
}

/** Delivers to the other channels in a moment, as browsers do. */
class FakeChannel {
  static all: FakeChannel[] = [];
  static told: unknown[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor() {
    FakeChannel.all.push(this);
  }
  postMessage(data: unknown) {
    FakeChannel.told.push(data);
    const others = FakeChannel.all.filter((each) => each !== this);
    queueMicrotask(() => others.forEach((each) => each.onmessage?.({ data })));
  }
  close() {
    FakeChannel.all = FakeChannel.all.filter((each) => each !== this);
  }
}

let opened: FakeEventSource[];
let locks: FakeLocks;

beforeEach(() => {
  opened = [];
  locks = new FakeLocks();
  FakeChannel.all = [];
  FakeChannel.told = [];
});

function tab() {
  const source = new SharedSource('/events', 'ada /events', {
    locks,
    channel: () => new FakeChannel() as unknown as BroadcastChannel,
    open: () => {
      const made = new FakeEventSource();
      opened.push(made);
      return made as unknown as EventSource;
    },
  });
  const heard = { open: vi.fn(), message: vi.fn(), error: vi.fn() };
  source.onopen = heard.open;
  source.onmessage = ({ data }) => heard.message(data);
  source.onerror = heard.error;
  return { source, ...heard };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('SharedSource', () => {
  it('opens one connection for seven tabs, and each hears everything once', async () => {
    const tabs = Array.from({ length: 7 }, tab);
    await settled();
    opened[0]!.onopen?.();
    opened[0]!.onmessage?.({ data: 'one' });
    await settled();
    expect(opened).toHaveLength(1);
    for (const each of tabs) {
      expect(each.open).toHaveBeenCalledOnce();
      expect(each.message.mock.calls).toEqual([['one']]);
    }
  });

  it('tells one that comes later that the connection is open, and the others nothing', async () => {
    const first = tab();
    const second = tab();
    opened[0]!.onopen?.();
    await settled();
    const late = tab();
    await settled();
    expect(late.open).toHaveBeenCalledOnce();
    expect(first.open).toHaveBeenCalledOnce();
    expect(second.open).toHaveBeenCalledOnce();
  });

  it('goes on in the next tab when the one with the connection is closed, and says that something may have been missed', async () => {
    const [first, second, third] = [tab(), tab(), tab()];
    await settled();
    opened[0]!.onopen?.();
    first.source.close();
    await settled();
    expect(opened[0]!.isClosed).toBe(true);
    expect(opened).toHaveLength(2);
    opened[1]!.onopen?.();
    opened[1]!.onmessage?.({ data: 'after' });
    await settled();
    for (const each of [second, third]) {
      expect(each.open).toHaveBeenCalledTimes(2);
      expect(each.message.mock.calls).toEqual([['after']]);
    }
    expect(first.message).not.toHaveBeenCalled();
  });

  it('tells everybody of trouble, and one that gave up while waiting never leads', async () => {
    const [first, second, third] = [tab(), tab(), tab()];
    await settled();
    opened[0]!.onopen?.();
    opened[0]!.onerror?.();
    await settled();
    expect(first.error).toHaveBeenCalledOnce();
    expect(second.error).toHaveBeenCalledOnce();
    second.source.close();
    first.source.close();
    await settled();
    expect(opened).toHaveLength(2);
    opened[1]!.onopen?.();
    await settled();
    expect(third.open).toHaveBeenCalledTimes(2);
    expect(second.open).toHaveBeenCalledOnce();
  });

  it('sends nothing to other tabs where there are none', async () => {
    const [first, second] = [tab(), tab()];
    second.source.close();
    await settled();
    const before = FakeChannel.told.length;
    opened[0]!.onmessage?.({ data: 'a large picture' });
    expect(first.message).toHaveBeenCalledOnce();
    expect(FakeChannel.told).toHaveLength(before);
  });
});

it('is an ordinary source where a browser has no locks, or nobody is known to be signed in', () => {
  const made = vi.fn(function () {});
  vi.stubGlobal('EventSource', made);
  sharedSource('/events', null);
  expect(made).toHaveBeenCalledWith('/events');
  vi.unstubAllGlobals();
});
