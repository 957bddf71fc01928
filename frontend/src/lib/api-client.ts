/**
 * The only door to the HTTP API: typed calls (`api` + `unwrap`), CSRF, idempotency keys and one kind of error.
 */
import createClient, { type Middleware } from 'openapi-fetch';

import { ApiError, type ErrorBody } from '@/lib/api-error';
import type { paths } from '@/types/generated/schema';

export const API_PREFIX = '/api/v1';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

let csrfFromSession = '';
const signedOutListeners = new Set<() => void>();

/** The session's answer carries the token too: needed where the cookie cannot be read. */
export function rememberCsrf(token: string): void {
  csrfFromSession = token;
}

/** Django turns the token at sign-in, so it is read from the cookie at each call, never kept. */
export function csrfToken(cookies: string = document.cookie): string {
  const pair = cookies.split('; ').find((part) => part.startsWith('csrftoken='));
  return pair ? decodeURIComponent(pair.slice('csrftoken='.length)) : csrfFromSession;
}

/** Called when the server no longer knows the session; pages stay as they are until the person is back. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** A key that makes a creating POST safe to repeat. Make it once per intent, not once per try. */
export function newIdempotencyKey(): string {
  // crypto.randomUUID exists only on https and localhost; a LAN address over http has neither.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const idempotent = (key: string = newIdempotencyKey()) => ({ 'Idempotency-Key': key });

/** If-Match for a version number, as the API writes it. */
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });

async function errorFrom(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('X-Request-ID') ?? '';
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
  const body = isJson ? ((await response.json().catch(() => ({}))) as ErrorBody) : {};
  const error = new ApiError(response.status, body, requestId);
  if (error.isSignedOut) signedOutListeners.forEach((listener) => listener());
  return error;
}

const ours: Middleware = {
  onRequest({ request }) {
    if (!SAFE_METHODS.has(request.method)) request.headers.set('X-CSRFToken', csrfToken());
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await errorFrom(response);
    return response;
  },
  onError({ error }) {
    if (error instanceof ApiError) return error;
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return new ApiError(0, { code: 'unreachable' });
  },
};

/** Typed calls. Every failure is thrown as an ApiError, so `unwrap` hands back data alone. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  // Read at call time, so that tests and service workers may replace it.
  fetch: (request) => globalThis.fetch(request),
});
api.use(ours);

/** The data of a typed call. Throws ApiError. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

export type Query = Record<string, string | number | boolean | null | undefined | (string | number)[]>;

export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * A call by path, for what the schema does not describe: raw bodies, and addresses the server hands out.
 * `path` is below /api/v1. Answers undefined for 204. Throws ApiError.
 */
export async function request<T>(
  method: string,
  path: string,
  options: {
    body?: unknown;
    raw?: BodyInit;
    query?: Query;
    headers?: HeadersInit;
    signal?: AbortSignal;
    /** Goes on where the page ends meanwhile; small bodies only. */
    keepalive?: boolean;
  } = {},
): Promise<T> {
  const headers = new Headers(options.headers);
  if (!SAFE_METHODS.has(method)) headers.set('X-CSRFToken', csrfToken());
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  let response: Response;
  try {
    response = await globalThis.fetch(withQuery(API_PREFIX + path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      signal: options.signal,
      keepalive: options.keepalive,
      body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'unreachable' });
  }
  if (!response.ok) throw await errorFrom(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
