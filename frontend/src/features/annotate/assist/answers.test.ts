import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { SmartRequest } from '@/canvas/tools/smart-provider';

import { answer, promptFor, spareMs, viewFor, type Asked } from './answers';
import { LocalLost, type LocalAssist, type LocalAnswer } from './local';

const SIZE = { width: 100, height: 80 };
const ASKED = { taskId: 'one', size: SIZE, key: 'one', frame: null };
const spans = { x: 10, columns: [[10, 20]] };
const request = (change: Partial<SmartRequest> = {}): SmartRequest => ({
  prompts: [{ at: [5, 6], inside: true }],
  box: null,
  view: { x1: 0, y1: 0, x2: 40, y2: 30 },
  memory: null,
  signal: new AbortController().signal,
  isGlance: false,
  ...change,
});

const local = (ask: () => Promise<LocalAnswer>, isReady = true): LocalAssist =>
  ({ ask, isReadyFor: () => isReady, usualMs: 30 }) as unknown as LocalAssist;
const found: LocalAnswer = { candidates: [{ spans, score: 0.7, kept: 4 }], ms: 20 };

const POLYGON = { points: [[10, 10], [30, 10], [30, 30], [10, 30]], holes: [] }; // prettier-ignore
const bodies: unknown[] = [];
const statuses: number[] = [];

beforeEach(() => {
  bodies.length = 0;
  statuses.length = 0;
  vi.stubGlobal('fetch', (_url: string, { body }: RequestInit) => {
    bodies.push(JSON.parse(String(body)));
    const status = statuses.shift() ?? 200;
    const said =
      status === 200
        ? {
            candidates: [{ polygon: POLYGON, score: 0.6, low_res: 'abc', mask: null }],
            backend: 'network',
            ms: 5,
          }
        : { code: 'invalid', message: 'Not one of this assist.' };
    return Promise.resolve(Response.json(said, { status }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function asked(who: LocalAssist, given = request()): Promise<{ where: string[]; given: unknown[] }> {
  const where: string[] = [];
  const { candidates } = await answer({ ...ASKED, local: who }, given, (each) => where.push(each));
  return { where, given: candidates.map((each) => each.given) };
}

describe('who answers', () => {
  it('the browser where it is ready, and nothing goes over the network', async () => {
    expect(await asked(local(() => Promise.resolve(found)))).toEqual({
      where: ['browser'],
      given: [{ kept: 4 }],
    });
    expect(bodies).toEqual([]);
  });

  it.each([
    ['has not started', local(() => Promise.resolve(found), false)],
    ['is lost in the middle', local(() => Promise.reject(new LocalLost('gone')))],
  ])('the server where the one in the browser %s', async (_case, who) => {
    expect(await asked(who)).toEqual({ where: ['server'], given: [{ lowRes: 'abc' }] });
  });

  it('the server too where the browser takes long; the first answer counts', async () => {
    vi.useFakeTimers();
    const waiting = asked(local(() => new Promise(() => undefined)));
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await waiting).where).toEqual(['server']);
  });

  it('nobody but the browser for a glance', async () => {
    const lost = local(() => Promise.reject(new LocalLost('gone')));
    await expect(asked(lost, request({ isGlance: true }))).rejects.toThrow('gone');
    expect(bodies).toEqual([]);
    const at = (usualMs: number | null): Asked => ({ ...ASKED, local: { ...lost, usualMs } as LocalAssist });
    expect([at(null), at(30)].map(spareMs)).toEqual([Infinity, 30]);
    expect(spareMs({ ...ASKED, local: local(() => Promise.reject(new Error('never asked')), false) })).toBe(
      Infinity,
    );
  });

  it('says in words that the server cannot either', async () => {
    statuses.push(503);
    await expect(asked(local(() => Promise.resolve(found), false))).rejects.toThrow(/Draw by hand/);
  });
});

describe('what is asked', () => {
  it('a mask that another model gave is left out, and asked without where it is refused', async () => {
    expect(promptFor(request({ memory: { given: { kept: 4 } } }), SIZE).previous).toBeNull();
    statuses.push(400);
    const off = local(() => Promise.resolve(found), false);
    await asked(off, request({ memory: { given: { lowRes: 'old' } } }));
    expect(bodies).toMatchObject([{ previous: 'old' }, { previous: null }]);
  });

  it('a view of nearly all the picture says nothing of the object’s size', () => {
    expect(viewFor({ x1: 0, y1: 0, x2: 40, y2: 30 }, SIZE)).not.toBeNull();
    expect(viewFor({ x1: 0, y1: 0, x2: 90, y2: 80 }, SIZE)).toBeNull();
  });
});
