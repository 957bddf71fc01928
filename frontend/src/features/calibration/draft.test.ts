import { expect, it } from 'vitest';

import {
  bodyOf,
  draftOf,
  EMPTY,
  fresh,
  isAskable,
  kept,
  stepped,
  taken,
  type Step,
} from '@/features/calibration/draft';
import { isInside, metresAt, plusMinusAt } from '@/features/calibration/floor-map';

const built = (...steps: Step[]) => steps.reduce(stepped, EMPTY);
const FOUR: Step[] = [1, 2, 3, 4].map((n) => ({ kind: 'add', at: { x: n * 10, y: n * 20 } }));

it('asks for a floor when four points have metres', () => {
  expect(isAskable(built(...FOUR))).toBe(false);
  const whole = built(...FOUR, { kind: 'rectangle', ids: [1, 2, 3, 4], width: 3, depth: 5 });
  expect(isAskable(whole)).toBe(true);
  expect(whole.points.map(({ xM, yM }) => [xM, yM])).toEqual([
    [0, 0],
    [3, 0],
    [3, 5],
    [0, 5],
  ]);
});

it('keeps distances at their points when another point goes, and drops those of the removed one', () => {
  const draft = built(
    ...FOUR,
    { kind: 'length', length: { first: 3, second: 4, metres: 2 } },
    { kind: 'length', length: { first: 1, second: 2, metres: 1 } },
    { kind: 'length', length: { first: 4, second: 3, metres: 2.5 } },
    { kind: 'remove', id: 1 },
  );
  expect(bodyOf(draft, 's').distances).toEqual([{ first: 2, second: 1, metres: 2.5 }]);
});

it('takes back one step at a time, and a drag at once', () => {
  const drag: Step[] = [1, 2, 3].map((n) => ({ kind: 'move', id: 1, to: { x: n, y: n } }));
  const history = [FOUR[0]!, ...drag].reduce(taken, fresh(EMPTY));
  const once = taken(history, 'undo');
  expect(once.now.points[0]).toMatchObject({ x: 10, y: 20 });
  expect(taken(taken(once, 'undo'), 'undo').now).toEqual(EMPTY);
});

it('opens a stored version as it was sent', () => {
  const draft = built(...FOUR, { kind: 'length', length: { first: 1, second: 4, metres: 2 } });
  const { still_id: _still, ...given } = bodyOf(draft, 's');
  expect(draftOf(given as Parameters<typeof draftOf>[0])).toEqual(draft);
});

it('holds points in the picture', () => {
  expect(kept({ x: -4, y: 99.96 }, { width: 50, height: 80 })).toEqual({ x: 0, y: 80 });
});

it('tells metres through a bent lens, and ± between known places', () => {
  const map = { matrix: [0.01, 0, -1, 0, 0.02, -1, 0, 0, 1], k1: -0.2, centre_px: [100, 50], unit_px: 200 };
  const [ideal, bent] = [140, 100 + 40 * (1 - 0.2 * (40 / 200) ** 2)];
  const place = metresAt(map, { x: bent, y: 50 })!;
  expect(place.x).toBeCloseTo(0.01 * ideal - 1, 6);
  expect(place.y).toBeCloseTo(0, 6);
  const sure = { columns: 2, rows: 2, metres: [0, 1, 2, 3] };
  expect(plusMinusAt(sure, { width: 10, height: 10 }, { x: 5, y: 5 })).toBeCloseTo(1.5);
  expect(
    plusMinusAt({ ...sure, metres: [null, 1, 2, 3] }, { width: 10, height: 10 }, { x: 5, y: 5 }),
  ).toBeNull();
});

it('knows what lies in the calibrated floor', () => {
  const hull = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  expect([isInside(hull, { x: 5, y: 5 }), isInside(hull, { x: 15, y: 5 })]).toEqual([true, false]);
});
