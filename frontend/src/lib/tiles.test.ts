import { describe, expect, it } from 'vitest';

import { levelFor, paintTiles, tileBox, tilesIn } from '@/canvas/render/tiles';

import { HttpTiles } from './tiles';

const TILES = {
  url: '/t/{level}/{column}/{row}',
  tile_px: 512,
  levels: [
    { width: 2000, height: 1100 },
    { width: 1000, height: 550 },
    { width: 500, height: 275 },
  ],
};

function setUp(keptBytes = 4 * 512 * 512 * 6) {
  const asked: string[] = [];
  const closed: string[] = [];
  const answers = new Map<string, { give: () => void; fail: () => void }>();
  const source = new HttpTiles(
    TILES,
    (url, signal) =>
      new Promise((resolve, reject) => {
        asked.push(url);
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
        const bitmap = { width: 512, height: 512, close: () => closed.push(url) } as unknown as ImageBitmap;
        answers.set(url, { give: () => resolve(bitmap), fail: () => reject(new Error('no')) });
      }),
    keptBytes,
  );
  const give = async (url: string) => {
    answers.get(url)?.give();
    await new Promise((done) => setTimeout(done));
  };
  return { source, asked, closed, give, answers };
}

describe('tiles', () => {
  it('of the level with a pixel for each of the screen, from the middle outwards', () => {
    const { source } = setUp();
    expect([2, 1, 0.51, 0.5, 0.3, 0.25, 0.01].map((scale) => levelFor(source.levels, scale))).toEqual([
      0, 0, 0, 1, 1, 2, 2,
    ]);
    const ids = tilesIn(source, 0, { x1: 500, y1: 0, x2: 1600, y2: 600 });
    expect(ids).toHaveLength(8);
    expect(ids[0]).toMatchObject({ column: 2, row: 0 });
    expect(tilesIn(source, 1, { x1: 3000, y1: 0, x2: 4000, y2: 10 })).toEqual([]);
    expect(tileBox(source, { level: 1, column: 1, row: 1 })).toEqual({
      x1: 1024,
      y1: 1024,
      x2: 2000,
      y2: 1100,
    });
  });

  it('are fetched a few at a time, stopped when they leave the view, and told of', async () => {
    const { source, asked, give } = setUp();
    let told = 0;
    source.subscribe(() => (told += 1));
    const all = tilesIn(source, 0, { x1: 0, y1: 0, x2: 2000, y2: 1100 });
    expect(all).toHaveLength(12);
    source.want(all);
    expect(asked).toHaveLength(6);
    await give(asked[0] ?? '');
    expect([asked.length, told]).toEqual([7, 1]);
    const [one] = tilesIn(source, 2, { x1: 0, y1: 0, x2: 9, y2: 9 });
    source.want(one ? [one] : []);
    await new Promise((done) => setTimeout(done));
    expect(asked.at(-1)).toBe('/t/2/0/0');
    expect(asked).toHaveLength(8);
  });

  it('are forgotten past the limit, the least recently drawn first, those in view never', async () => {
    const { source, closed, asked, give } = setUp(4 * 512 * 512 * 2);
    const ids = tilesIn(source, 0, { x1: 0, y1: 0, x2: 1100, y2: 10 });
    for (const id of ids) {
      source.want([id]);
      await give(asked.at(-1) ?? '');
    }
    expect(closed).toHaveLength(1);
    source.want(ids);
    await give(closed[0] ?? '');
    expect(closed).toHaveLength(1);
    source.close();
    expect(closed).toHaveLength(4);
  });

  it('are drawn where they are there, a coarser one in place of a missing one', async () => {
    const { source, give } = setUp();
    const [coarse] = tilesIn(source, 1, { x1: 0, y1: 0, x2: 9, y2: 9 });
    source.want(coarse ? [coarse] : []);
    await give('/t/1/0/0');
    const drawn: number[][] = [];
    const ctx = { drawImage: (_: unknown, ...at: number[]) => drawn.push(at) };
    paintTiles(ctx as unknown as CanvasRenderingContext2D, source, { x1: 0, y1: 0, x2: 500, y2: 500 }, 1);
    expect(drawn).toEqual([[0, 0, 1024, 1024]]);
    await give('/t/0/0/0');
    drawn.length = 0;
    paintTiles(ctx as unknown as CanvasRenderingContext2D, source, { x1: 0, y1: 0, x2: 500, y2: 500 }, 1);
    expect(drawn).toEqual([[0, 0, 512, 512]]);
  });
});
