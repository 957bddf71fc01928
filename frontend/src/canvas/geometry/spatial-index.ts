/** A uniform grid over boxes: which of many shapes touch a window, without asking each. */

import { boxesTouch, boxUnion, type Box } from './box';

const CELLS_A_SIDE = 48;

export class SpatialIndex<T> {
  private readonly cells = new Map<number, number[]>();
  private readonly frame: Box;

  /** `entries` keep their order: `query` answers in it. */
  constructor(private readonly entries: readonly { readonly value: T; readonly bounds: Box }[]) {
    this.frame = boxUnion(entries.map((entry) => entry.bounds)) ?? { x1: 0, y1: 0, x2: 1, y2: 1 };
    entries.forEach((entry, index) => {
      for (const cell of this.cellsOf(entry.bounds)) {
        const held = this.cells.get(cell);
        if (held) held.push(index);
        else this.cells.set(cell, [index]);
      }
    });
  }

  /** Every value whose bounds touch `window`, in the order given to the constructor. */
  query(window: Box): T[] {
    const found = new Set<number>();
    for (const cell of this.cellsOf(window)) {
      for (const index of this.cells.get(cell) ?? []) found.add(index);
    }
    return [...found]
      .sort((a, b) => a - b)
      .flatMap((index) => {
        const entry = this.entries[index];
        return entry && boxesTouch(entry.bounds, window) ? [entry.value] : [];
      });
  }

  private *cellsOf(box: Box): Generator<number> {
    if (!boxesTouch(box, this.frame)) return;
    const { x1, y1, x2, y2 } = this.frame;
    const at = (value: number, low: number, high: number): number => {
      const share = high > low ? (value - low) / (high - low) : 0;
      return Math.min(CELLS_A_SIDE - 1, Math.max(0, Math.floor(share * CELLS_A_SIDE)));
    };
    for (let row = at(box.y1, y1, y2); row <= at(box.y2, y1, y2); row += 1) {
      for (let col = at(box.x1, x1, x2); col <= at(box.x2, x1, x2); col += 1) yield row * CELLS_A_SIDE + col;
    }
  }
}
