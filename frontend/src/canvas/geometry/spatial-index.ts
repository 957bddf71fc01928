/** A uniform grid over boxes: which of many shapes touch a window, without asking each. */

import { boxesTouch, boxUnion, type Box } from './box';

const CELLS_A_SIDE = 48;

type Entry<T> = { readonly value: T; readonly bounds: Box };
type Span = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

export class SpatialIndex<T> {
  private readonly cells: (number[] | undefined)[] = [];
  private readonly frame: Box;

  /** `entries` keep their order: `query` answers in it. */
  constructor(private readonly entries: readonly Entry<T>[]) {
    this.frame = boxUnion(entries.map((entry) => entry.bounds)) ?? { x1: 0, y1: 0, x2: 1, y2: 1 };
    for (let index = 0; index < entries.length; index += 1) {
      const span = this.spanOf(entries[index]?.bounds);
      if (!span) continue;
      for (let row = span.top; row <= span.bottom; row += 1) {
        for (let col = span.left; col <= span.right; col += 1) {
          (this.cells[row * CELLS_A_SIDE + col] ??= []).push(index);
        }
      }
    }
  }

  /** Every value whose bounds touch `window`, in the order given to the constructor. */
  query(window: Box): T[] {
    const span = this.spanOf(window);
    if (!span) return [];
    const found = new Set<number>();
    for (let row = span.top; row <= span.bottom; row += 1) {
      for (let col = span.left; col <= span.right; col += 1) {
        for (const index of this.cells[row * CELLS_A_SIDE + col] ?? []) found.add(index);
      }
    }
    return [...found]
      .sort((a, b) => a - b)
      .flatMap((index) => {
        const entry = this.entries[index];
        return entry && boxesTouch(entry.bounds, window) ? [entry.value] : [];
      });
  }

  private spanOf(box: Box | undefined): Span | null {
    const { x1, y1, x2, y2 } = this.frame;
    if (!box || !boxesTouch(box, this.frame)) return null;
    return {
      left: cellAt(box.x1, x1, x2),
      right: cellAt(box.x2, x1, x2),
      top: cellAt(box.y1, y1, y2),
      bottom: cellAt(box.y2, y1, y2),
    };
  }
}

function cellAt(value: number, low: number, high: number): number {
  const share = high > low ? (value - low) / (high - low) : 0;
  return Math.min(CELLS_A_SIDE - 1, Math.max(0, Math.floor(share * CELLS_A_SIDE)));
}
