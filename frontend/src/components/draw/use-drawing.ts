import { useCallback, useState } from 'react';

import type { Drawn } from '@/components/draw/shapes';

const STEPS_MAX = 100;

type State = { past: (readonly Drawn[])[]; now: readonly Drawn[]; next: (readonly Drawn[])[] };

export type Drawing = {
  shapes: readonly Drawn[];
  /** One step that can be taken back. */
  change: (shapes: readonly Drawn[]) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  /** Other shapes from outside, e.g. as saved: there is nothing to take back. */
  reset: (shapes: readonly Drawn[]) => void;
};

/** The shapes of a drawing with their undo and redo. */
export function useDrawing(initial: readonly Drawn[]): Drawing {
  const [state, setState] = useState<State>({ past: [], now: initial, next: [] });
  const change = useCallback(
    (shapes: readonly Drawn[]) =>
      setState(({ past, now }) =>
        shapes === now
          ? { past, now, next: [] }
          : { past: [...past, now].slice(-STEPS_MAX), now: shapes, next: [] },
      ),
    [],
  );
  const undo = useCallback(
    () =>
      setState((state) => {
        const last = state.past.at(-1);
        if (!last) return state;
        return { past: state.past.slice(0, -1), now: last, next: [state.now, ...state.next] };
      }),
    [],
  );
  const redo = useCallback(
    () =>
      setState((state) => {
        const [first, ...rest] = state.next;
        return first ? { past: [...state.past, state.now], now: first, next: rest } : state;
      }),
    [],
  );
  const reset = useCallback((shapes: readonly Drawn[]) => setState({ past: [], now: shapes, next: [] }), []);
  return {
    shapes: state.now,
    change,
    undo,
    redo,
    canUndo: state.past.length > 0,
    canRedo: state.next.length > 0,
    reset,
  };
}
