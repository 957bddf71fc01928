/** The document an editor works on: the state, its history, and the stream of operations for autosave. */

import { History } from './history';
import { dataOf, stateOf, type DocState, type DocumentData, type Suggestion } from './model';
import { opsOf, type DraftOp } from './ops';
import { applyPatches, inverse, type Command } from './patches';

export class AnnotationDocument {
  readonly history = new History();
  private current: DocState;
  private readonly listeners = new Set<(ops: readonly DraftOp[]) => void>();

  constructor(data: DocumentData = {}) {
    this.current = stateOf(data);
  }

  get state(): DocState {
    return this.current;
  }

  data(): Required<DocumentData> {
    return dataOf(this.current);
  }

  /** Runs a command and remembers it; null (nothing to do) is allowed. Returns whether anything changed. */
  run(command: Command | null): boolean {
    if (!command) return false;
    this.apply(command);
    this.history.push(command);
    return true;
  }

  undo(): Command | null {
    const command = this.history.takeUndo();
    if (command) this.apply(inverse(command));
    return command;
  }

  redo(): Command | null {
    const command = this.history.takeRedo();
    if (command) this.apply(command);
    return command;
  }

  /** Another document (next task, or after a merge): history is forgotten, no operation is sent. */
  replace(data: DocumentData): void {
    this.current = stateOf(data);
    this.history.clear();
  }

  /** Suggestions that arrived meanwhile. Known ids are left alone: a person may have decided on them. */
  addSuggestions(suggestions: readonly Suggestion[]): void {
    const table = new Map(this.current.suggestions);
    for (const suggestion of suggestions) {
      if (!table.has(suggestion.id)) table.set(suggestion.id, suggestion);
    }
    this.current = { ...this.current, suggestions: table };
  }

  /** Suggestions that are no longer made. */
  dropSuggestions(ids: readonly string[]): void {
    const table = new Map(this.current.suggestions);
    for (const id of ids) table.delete(id);
    this.current = { ...this.current, suggestions: table };
  }

  /** Hears the operations of every command, undo and redo. Returns the way to stop. */
  onOps(listener: (ops: readonly DraftOp[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private apply(command: Command): void {
    this.current = applyPatches(this.current, command.patches);
    const ops = opsOf(command.patches);
    for (const listener of this.listeners) listener(ops);
  }
}
