import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';

import type { Suggestion } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { Headless } from '@/canvas/testing/headless';

import { useJumps } from './use-jumps';

const shape = boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 });
const dashed: Suggestion = {
  id: 'gone',
  labelId: 'person',
  shape,
  track: [{ frame: 7, shape, outside: false, occluded: false }],
  attributes: {},
  score: null,
  status: 'open',
  regionId: null,
};

it.each([
  [true, [7], null],
  [false, [], 'No change after this frame'],
])('with dashed tracks: %s', (isWithDashed, sought, note) => {
  const { editor } = new Headless({ suggestions: [dashed] });
  editor.setFrame(0, 100);
  const view = { frame: 0, wish: null, isPlaying: false, isWaiting: false, error: null };
  const asked: number[] = [];
  const { result } = renderHook(() => useJumps(editor, view, (frame) => asked.push(frame), isWithDashed));
  act(() => result.current.jump('change', 1));
  expect(asked).toEqual(sought);
  expect(result.current.note).toBe(note);
});
