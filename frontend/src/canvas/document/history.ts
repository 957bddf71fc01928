/** Undo and redo of commands; exact, because a command carries both sides of every row. */

import type { Command } from './patches';

/** Enough for a day on one picture; older steps are forgotten, not the work itself. */
const STEPS_MAX = 1000;

export class History {
  private readonly done: Command[] = [];
  private undone: Command[] = [];
  private sealed = true;

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  get undoName(): string | null {
    return this.done.at(-1)?.name ?? null;
  }

  get redoName(): string | null {
    return this.undone.at(-1)?.name ?? null;
  }

  /** The next command starts a step of its own, even with the same merge key. */
  seal(): void {
    this.sealed = true;
  }

  push(command: Command): void {
    this.undone = [];
    const last = this.done.at(-1);
    const merges = !this.sealed && command.mergeKey !== undefined && last?.mergeKey === command.mergeKey;
    if (merges && last) {
      this.done[this.done.length - 1] = { ...last, patches: [...last.patches, ...command.patches] };
    } else {
      this.done.push(command);
      if (this.done.length > STEPS_MAX) this.done.shift();
    }
    this.sealed = false;
  }

  /** The command to invert, moved to the redo side; null when there is none. */
  takeUndo(): Command | null {
    const command = this.done.pop() ?? null;
    if (command) this.undone.push(command);
    this.sealed = true;
    return command;
  }

  /** The command to apply again, moved to the undo side; null when there is none. */
  takeRedo(): Command | null {
    const command = this.undone.pop() ?? null;
    if (command) this.done.push(command);
    this.sealed = true;
    return command;
  }

  clear(): void {
    this.done.length = 0;
    this.undone = [];
    this.sealed = true;
  }
}
