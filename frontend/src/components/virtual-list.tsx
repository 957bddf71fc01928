/** A long list of rows of one height; only those in sight exist. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

type Props<T> = {
  rows: readonly T[];
  rowHeight: number;
  keyOf: (row: T) => string;
  /** This row is brought into sight when it changes. */
  inSight?: string | null;
  label: string;
  className?: string;
  children: (row: T) => ReactNode;
};

const SPARE_ROWS = 4;
/** Before the first measure, which comes before anything is painted. */
const FIRST_HEIGHT = 320;

export function VirtualList<T>({ rows, rowHeight, keyOf, inSight, label, className, children }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(FIRST_HEIGHT);
  /** As the browser told it last: asking the element would lay the page out in the middle of an answer. */
  const seen = useRef({ top, height });
  useLayoutEffect(() => {
    seen.current = { top, height };
  }, [top, height]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight || FIRST_HEIGHT));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const at = inSight ? rows.findIndex((row) => keyOf(row) === inSight) : -1;
  useEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    const y = at * rowHeight;
    const { top, height } = seen.current;
    if (y < top) element.scrollTop = y;
    else if (y + rowHeight > top + height) element.scrollTop = y + rowHeight - height;
  }, [at, rowHeight]);

  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + SPARE_ROWS);
  return (
    <div
      ref={box}
      className={className}
      style={{ overflowY: 'auto', minHeight: 0 }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <ul
        aria-label={label}
        style={{
          height: rows.length * rowHeight,
          position: 'relative',
          margin: 0,
          padding: 0,
          listStyle: 'none',
        }}
      >
        {rows.slice(first, last).map((row, index) => (
          <li
            key={keyOf(row)}
            style={{
              position: 'absolute',
              top: (first + index) * rowHeight,
              height: rowHeight,
              left: 0,
              right: 0,
            }}
          >
            {children(row)}
          </li>
        ))}
      </ul>
    </div>
  );
}
