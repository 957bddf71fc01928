/** Where a person waits, as the browser's own performance marks: `bench/next_task.py` and its tools read them. */
const SUBMIT = 'siteloop:submit';
const READY = 'siteloop:ready';

/** The key was pressed. */
export function markSubmit(): void {
  performance.clearMarks(SUBMIT);
  performance.mark(SUBMIT);
}

/** Picture and labels are set: marked after the frame that shows them. */
export function markReady(): void {
  // The first frame draws them; when the second begins the first is on the screen.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      performance.clearMarks(READY);
      performance.mark(READY);
    }),
  );
}
