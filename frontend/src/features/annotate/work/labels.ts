/** Operations on plain labels: what the outbox and the merge need beside the editor's document. Pure. */
import type { WireLabels, WireOp } from '@/canvas/document/wire';

import { sameRegion } from '../saving/merge';

/** Labels with operations applied, as the server does it. */
export function applyOps(labels: WireLabels, ops: readonly WireOp[]): WireLabels {
  const rows = new Map(labels.regions.map((row) => [row.region_id, row]));
  let tags = labels.tags;
  for (const op of ops) {
    if (op.op === 'put') rows.set(op.region.region_id, op.region);
    else if (op.op === 'delete') rows.delete(op.region_id);
    else tags = op.tags;
  }
  return { regions: [...rows.values()], tags };
}

/** The operations that lead from one set of labels to another. */
export function opsBetween(from: WireLabels, to: WireLabels, newId: () => string): WireOp[] {
  const before = new Map(from.regions.map((row) => [row.region_id, row]));
  const after = new Set(to.regions.map((row) => row.region_id));
  const puts = to.regions
    .filter((row) => !sameRegion(before.get(row.region_id) ?? null, row))
    .map((region): WireOp => ({ op_id: newId(), op: 'put', region }));
  const deletes = [...before.keys()]
    .filter((id) => !after.has(id))
    .map((region_id): WireOp => ({ op_id: newId(), op: 'delete', region_id }));
  const sameTags = [...from.tags].sort().join() === [...to.tags].sort().join();
  const tags: WireOp[] = sameTags ? [] : [{ op_id: newId(), op: 'tags', tags: [...to.tags] }];
  return [...puts, ...deletes, ...tags];
}
