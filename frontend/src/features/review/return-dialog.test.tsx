import { expect, it } from 'vitest';

import { withReason } from './return-dialog';

it.each([
  ['', 'Wrong label', 'Wrong label'],
  ['  ', 'Wrong label', 'Wrong label'],
  ['The left edge is off', 'Wrong label', 'The left edge is off. Wrong label'],
  ['The left edge is off. ', 'Wrong label', 'The left edge is off. Wrong label'],
  ['Is it a pallet?', 'Wrong label', 'Is it a pallet? Wrong label'],
  ['wrong label on the left', 'Wrong label', 'wrong label on the left'],
])('adds a reason to %j', (text, reason, both) => {
  expect(withReason(text, reason)).toBe(both);
});
