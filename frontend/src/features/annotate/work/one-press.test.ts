import { expect, it } from 'vitest';

import { OnePress } from './one-press';

function made() {
  let ms = 0;
  const press = new OnePress(() => ms);
  document.body.innerHTML = '<button data-submits><span>Submit</span></button><canvas></canvas>';
  const touch = (selector: string) =>
    document.querySelector(selector)?.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  return { press, touch, later: (by: number) => (ms += by) };
}

it('takes the second half of a double click, and each repeat of a held key, for the same press', () => {
  const { press, touch, later } = made();
  const end = press.watch(window);
  touch('span');
  expect(press.isSame()).toBe(false);
  for (let repeat = 0; repeat < 4; repeat++) {
    later(500);
    touch('span');
    expect(press.isSame()).toBe(true);
  }
  later(750);
  expect(press.isSame()).toBe(false);
  end();
});

it('means the next press, however soon, after a press elsewhere', () => {
  const { press, touch, later } = made();
  const end = press.watch(window);
  expect(press.isSame()).toBe(false);
  later(100);
  touch('canvas');
  later(100);
  expect(press.isSame()).toBe(false);
  end();
  later(100);
  touch('canvas');
  expect(press.isSame()).toBe(true);
});

it('means the next press after one that led to nothing', () => {
  const { press } = made();
  expect(press.isSame()).toBe(false);
  press.forget();
  expect(press.isSame()).toBe(false);
});
