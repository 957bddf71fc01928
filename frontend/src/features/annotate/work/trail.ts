/** The way of this visit through the tasks: back to the last ones, forward again, and which are done with. Pure. */

const KEPT = 90;

export class Trail {
  private readonly way: string[] = [];
  private readonly done = new Set<string>();
  private at = -1;

  /** All of them, oldest first: what is not to be handed out again. */
  get ids(): string[] {
    return [...this.way];
  }

  get previous(): string | null {
    return this.way[this.at - 1] ?? null;
  }

  /** The next one on the way that is not done with. */
  get forward(): string | null {
    return this.way.slice(this.at + 1).find((id) => !this.done.has(id)) ?? null;
  }

  /** A known task is gone back (or forward) to; a new one comes at the end. */
  visit(id: string): void {
    const known = this.way.indexOf(id);
    if (known >= 0) {
      this.at = known;
      return;
    }
    this.way.push(id);
    if (this.way.length > KEPT) this.way.shift();
    this.at = this.way.length - 1;
  }

  settle(id: string): void {
    this.done.add(id);
  }

  unsettle(id: string): void {
    this.done.delete(id);
  }
}
