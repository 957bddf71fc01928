/** The network's edge for tests: answers by method and path, and keeps what was asked. */
import { vi } from 'vitest';

export type Asked = { method: string; path: string; query: URLSearchParams; headers: Headers; body: unknown };
type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };
type Handler = Answer['body'] | ((asked: Asked) => Answer | Promise<Answer>);

/**
 * Replace `fetch` for one test. Keys are `"GET /projects/p1"` (below /api/v1); a value is the 200 body, or a function
 * for anything else. What is not listed answers 404. `restoreMocks` in the config puts the real one back.
 */
export function fakeApi(handlers: Record<string, Handler>): { asked: Asked[] } {
  const asked: Asked[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(
      input instanceof Request ? input : new URL(String(input), window.location.origin),
      init,
    );
    const url = new URL(request.url);
    const path = url.pathname.replace('/api/v1', '');
    const text = await request.clone().text();
    const call: Asked = {
      method: request.method,
      path,
      query: url.searchParams,
      headers: request.headers,
      body: parse(text),
    };
    asked.push(call);
    const handler = handlers[`${call.method} ${path}`];
    if (handler === undefined)
      return answer({ status: 404, body: { code: 'not_found', message: 'Not here.' } });
    return answer(
      typeof handler === 'function' ? await (handler as (c: Asked) => Answer)(call) : { body: handler },
    );
  });
  return { asked };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function answer({ status = 200, body, headers }: Answer): Response {
  const isEmpty = status === 204;
  return new Response(isEmpty ? null : JSON.stringify(body ?? {}), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}
