import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';

import { panned, zoomed } from './timeline-view';
import { useTimelineView } from './use-timeline-view';

const ALL = { first: 0, last: 999 };

it('the wheel looks elsewhere than at the frame shown, and the next frame brings it back', () => {
  const { result, rerender } = renderHook(({ frame }) => useTimelineView(frame, ALL), {
    initialProps: { frame: 0 },
  });
  act(() => result.current.setView((view) => zoomed(view, 4, 0.8, ALL)));
  const there = result.current.view;
  expect(there.from).toBeGreaterThan(500);
  act(() => result.current.setView((view) => panned(view, 0.1, ALL)));
  expect(result.current.view.from).toBeGreaterThan(there.from);
  rerender({ frame: 1 });
  expect(result.current.view.from).toBeLessThanOrEqual(1);
});

it('keys zoom about the frame shown, wherever one looks', () => {
  const { result } = renderHook(() => useTimelineView(10, ALL));
  act(() => result.current.setView((view) => zoomed(view, 4, 0.8, ALL)));
  act(() => result.current.zoom(1));
  const { from, to } = result.current.view;
  expect([from <= 10, to >= 10, Math.round(to - from)]).toEqual([true, true, 125]);
  act(() => result.current.zoom(0));
  expect(result.current.view).toEqual({ from: 0, to: 999 });
});
