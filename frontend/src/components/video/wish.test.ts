import { describe, expect, it } from 'vitest';

import { coarseOf, laidOver, tileOf } from './filmstrip';
import { clock, frameMeant } from './wish';

const TIMES = [0, 0.04, 0.2, 61, 62.5, 3700];
const ALL = { first: 0, last: TIMES.length - 1 };

describe('going somewhere in a video', () => {
  it.each([
    ['1', 0],
    ['6', 5],
    ['#3', 2],
    ['1,394', 5],
    ['0', 0],
    ['0.05 s', 1],
    ['0,2s', 2],
    ['1.5', null],
    ['2,5', null],
    ['1:01', 3],
    ['1:02.4', 3],
    ['1:02.5', 4],
    ['1:01:40', 5],
    ['9:59:59', 5],
    ['', null],
    ['soon', null],
    ['-4', null],
  ])('takes %j for frame %j', (text, frame) => {
    expect(frameMeant(text, TIMES, ALL)).toBe(frame);
  });

  it('cannot tell a time before the table of times is here', () => {
    expect(frameMeant('0:01', [], ALL)).toBeNull();
    expect(frameMeant('3', [], ALL)).toBe(2);
  });

  it('stays inside the part of a video that is open', () => {
    const part = { first: 2, last: 4 };
    expect(['1', '4', '6', '0:00', '1:01', '9:59'].map((text) => frameMeant(text, TIMES, part))).toEqual([
      2, 3, 4, 2, 3, 4,
    ]);
  });

  it('writes times that it reads again', () => {
    expect([0, 1.04, 61.5, 3725.25].map(clock)).toEqual(['0:00.00', '0:01.04', '1:01.50', '1:02:05.25']);
    expect(TIMES.map((time_s) => frameMeant(clock(time_s), TIMES, ALL))).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('the strip of small pictures', () => {
  const strip = {
    url: '/strip',
    frames: [0, 10, 20, 30, 44],
    columns: 2,
    tile_width: 100,
    tile_height: 50,
  };

  it('gives the one nearest to a frame, and where it lies', () => {
    expect(tileOf(strip, 0)).toMatchObject({ frame: 0, left: 0, top: 0 });
    expect(tileOf(strip, 14)).toMatchObject({ frame: 10, left: 100, top: 0 });
    expect(tileOf(strip, 16)).toMatchObject({ frame: 20, left: 0, top: 50 });
    expect(tileOf(strip, 999)).toMatchObject({ frame: 44, left: 0, top: 100 });
    expect(tileOf({ ...strip, frames: [] }, 3)).toBeNull();
  });

  it('is shown in place of a frame only where it lies nearer to it than the one on the screen', () => {
    expect(coarseOf(strip, 22, 0)).toMatchObject({ frame: 20 });
    expect(coarseOf(strip, 22, 21)).toBeNull();
    // As near: the real one stays.
    expect(coarseOf(strip, 22, 24)).toBeNull();
    expect(coarseOf(strip, 20, 20)).toBeNull();
  });

  it('is blown up so that the tile fills the box and nothing of its neighbours shows', () => {
    const tile = tileOf(strip, 30);
    expect(tile && laidOver(strip, tile, { width: 1000, height: 400 })).toEqual({
      backgroundSize: '2000px 1200px',
      backgroundPosition: '-1000px -400px',
    });
  });
});
