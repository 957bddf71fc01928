import { afterEach, describe, expect, it, vi } from 'vitest';

import {
  api,
  csrfToken,
  idempotent,
  ifMatch,
  onSignedOut,
  request,
  unwrap,
  withQuery,
} from '@/lib/api-client';
import { ApiError } from '@/lib/api-error';
import { fakeApi } from '@/testing/fake-api';

afterEach(() => {
  document.cookie = 'csrftoken=; max-age=0';
});

describe('errors', () => {
  it('carries what the server said', async () => {
    fakeApi({
      'GET /session': () => ({
        status: 409,
        body: {
          code: 'busy',
          message: 'In use.',
          fields: { name: 'Taken.' },
          request_id: 'r1',
          current: { n: 2 },
        },
      }),
    });
    const error = await unwrap(api.GET('/api/v1/session')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 409,
      code: 'busy',
      message: 'In use.',
      fields: { name: 'Taken.' },
      requestId: 'r1',
      extra: { current: { n: 2 } },
    });
  });

  it('says that nothing answered when the network fails, for typed and for plain calls', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(unwrap(api.GET('/api/v1/session'))).rejects.toMatchObject({
      status: 0,
      isUnreachable: true,
    });
    await expect(request('GET', '/x')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('survives an answer that is not JSON and keeps the request id of the header', async () => {
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(
      new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'X-Request-ID': 'abc' } }),
    );
    await expect(request('GET', '/x')).rejects.toMatchObject({
      status: 502,
      requestId: 'abc',
      isTransient: true,
    });
  });

  it('passes a cancelled call on as cancelled, not as a failure of the server', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new DOMException('stop', 'AbortError'));
    await expect(request('GET', '/x')).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('tells that the session is gone on 401', async () => {
    fakeApi({ 'GET /x': () => ({ status: 401, body: { code: 'not_signed_in', message: 'Sign in.' } }) });
    const told = vi.fn();
    const stop = onSignedOut(told);
    await request('GET', '/x').catch(() => undefined);
    stop();
    await request('GET', '/x').catch(() => undefined);
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('headers', () => {
  it('sends the CSRF token of the cookie as it is now, on changing calls only', async () => {
    const { asked } = fakeApi({ 'GET /session': {}, 'DELETE /session': () => ({ status: 204 }) });
    document.cookie = 'csrftoken=first';
    await unwrap(api.GET('/api/v1/session'));
    await unwrap(api.DELETE('/api/v1/session'));
    document.cookie = 'csrftoken=second';
    await request('DELETE', '/session');
    expect(asked.map((call) => call.headers.get('X-CSRFToken'))).toEqual([null, 'first', 'second']);
  });

  it('reads a token with escaped characters among other cookies', () => {
    expect(csrfToken('a=1; csrftoken=x%3Dy; b=2')).toBe('x=y');
  });

  it('makes a new idempotency key each time and keeps a given one', () => {
    expect(idempotent()).not.toEqual(idempotent());
    expect(idempotent('k')).toEqual({ 'Idempotency-Key': 'k' });
  });

  it('quotes versions for If-Match', () => {
    expect(ifMatch(7)).toEqual({ 'If-Match': '"7"' });
  });
});

it('leaves empty parameters out of an address and repeats lists', () => {
  expect(withQuery('/jobs', { state: '', project_id: undefined, n: 0, tag: ['a', 'b'] })).toBe(
    '/jobs?n=0&tag=a&tag=b',
  );
});
