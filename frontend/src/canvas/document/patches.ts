/**
 * The one way a document changes: rows put, replaced or removed, each patch with the row before and
 * after. Swapping the two is the inverse, so undo is exact by construction.
 */

import type { DocState, Rows, TableName } from './model';

export type Patch = {
  readonly [T in TableName]: {
    readonly table: T;
    readonly id: string;
    readonly before: Rows[T] | null;
    readonly after: Rows[T] | null;
  };
}[TableName];

/** A named step of history. Commands with the same `mergeKey` in a row undo as one (arrow nudges). */
export type Command = {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly mergeKey?: string;
};

/** A patch was made for another state than the one it met: a bug of the caller, never of the person. */
export class StalePatchError extends Error {
  constructor(patch: Patch) {
    super(`${patch.table} ${patch.id} is not what the command was made for`);
    this.name = 'StalePatchError';
  }
}

export function put<T extends TableName>(table: T, before: Rows[T] | null, after: Rows[T]): Patch {
  return { table, id: after.id, before, after } as Patch;
}

export function drop<T extends TableName>(table: T, before: Rows[T]): Patch {
  return { table, id: before.id, before, after: null } as Patch;
}

/** The state after all patches; untouched tables keep their identity. Throws StalePatchError. */
export function applyPatches(state: DocState, patches: readonly Patch[]): DocState {
  const next: Record<TableName, Map<string, unknown>> = { ...state } as never;
  const copied = new Set<TableName>();
  for (const patch of patches) {
    if (!copied.has(patch.table)) {
      next[patch.table] = new Map(next[patch.table]);
      copied.add(patch.table);
    }
    const table = next[patch.table];
    if ((table.get(patch.id) ?? null) !== patch.before) throw new StalePatchError(patch);
    if (patch.after) table.set(patch.id, patch.after);
    else table.delete(patch.id);
  }
  return next as DocState;
}

export function inverse(command: Command): Command {
  const patches = command.patches.map((p) => ({ ...p, before: p.after, after: p.before }) as Patch).reverse();
  return { ...command, patches };
}

/** Several steps as one command; each sees the state the former ones left. Null when none does anything. */
export function batch(
  state: DocState,
  name: string,
  steps: readonly ((state: DocState) => Command | null)[],
): Command | null {
  const patches: Patch[] = [];
  let at = state;
  for (const step of steps) {
    const command = step(at);
    if (!command) continue;
    patches.push(...command.patches);
    at = applyPatches(at, command.patches);
  }
  return commandOf(name, patches);
}

export function commandOf(name: string, patches: readonly Patch[], mergeKey?: string): Command | null {
  if (patches.length === 0) return null;
  return mergeKey === undefined ? { name, patches } : { name, patches, mergeKey };
}
