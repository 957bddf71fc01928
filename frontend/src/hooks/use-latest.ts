import { useLayoutEffect, useRef, type RefObject } from 'react';

/** What was given in the last render, for handlers that live longer than one: set before the browser takes the next event. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  });
  return latest;
}
