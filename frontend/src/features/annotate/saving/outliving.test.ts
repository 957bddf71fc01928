import { expect, it, vi } from 'vitest';

import { toApiError } from '@/lib/api-error';

import { submitWork } from '../api';
import { outliving } from './outliving';

const body = {
  base_revision_id: null,
  decisions: [],
  active_seconds: 1,
  approve: false,
  nothing_here: false,
};

it('small requests outlive the page, as long as all of them together fit', async () => {
  const ends: (() => void)[] = [];
  const kept: boolean[] = [];
  const send = (_raw: string, keepalive: boolean) => {
    kept.push(keepalive);
    return new Promise<void>((end) => ends.push(end));
  };
  const ask = (bytes: number) => outliving('x'.repeat(bytes), send);
  const asked = [ask(40_000), ask(30_000), ask(20_000)];
  expect(kept).toEqual([true, false, true]);
  ends.forEach((end) => end());
  await Promise.all(asked);
  const large = [ask(60_000), outliving('ü'.repeat(40_000), send)];
  expect(kept.slice(3), 'bytes count, not letters').toEqual([true, false]);
  ends.forEach((end) => end());
  await Promise.all(large);
});

it('a submit that is never answered ends as no answer, to be tried again under its key', async () => {
  const limit = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
  const asked: RequestInit[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((_input, init) => {
    asked.push(init ?? {});
    return new Promise((_, fail) => {
      init?.signal?.addEventListener('abort', () => fail(new DOMException('late', 'TimeoutError')));
    });
  });
  const submit = submitWork('as', 3, 'key', body).catch(toApiError);
  limit.abort();
  const error = toApiError(await submit);
  expect([error.isTransient, timeout.mock.calls]).toEqual([true, [[30_000]]]);
  const headers = new Headers(asked[0]?.headers);
  expect([asked[0]?.keepalive, headers.get('Idempotency-Key'), headers.get('If-Match')]).toEqual([
    true,
    'key',
    '"3"',
  ]);
});
