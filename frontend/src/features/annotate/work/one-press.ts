/** Which press of submit is the second half of one that was made already: of a double click or of a held key. */

/** Longer than the pause before a held key repeats. */
const SAME_PRESS_MS = 750;
/** Set on every button that submits: a press elsewhere in between shows that the next one is meant. */
export const SUBMITS = { 'data-submits': true } as const;

export class OnePress {
  private pressedAt = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes a press. True if it belongs to the one before. */
  isSame(): boolean {
    const before = this.pressedAt;
    this.pressedAt = this.now();
    return this.pressedAt - before < SAME_PRESS_MS;
  }

  /** The next press is meant, however soon it comes. */
  forget(): void {
    this.pressedAt = -Infinity;
  }

  /** Watches for presses elsewhere: who drew a box or opened another picture since is not pressing twice. */
  watch(page: Window): () => void {
    const pressed = (event: PointerEvent) => {
      if (event.target instanceof Element && event.target.closest('[data-submits]')) return;
      this.forget();
    };
    page.addEventListener('pointerdown', pressed, true);
    return () => page.removeEventListener('pointerdown', pressed, true);
  }
}
