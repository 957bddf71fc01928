/** Marks on the browser's own timeline, from the key that submits to the next picture painted. `bench/next_task` reads them. */

const SUBMIT = 'siteloop:submit';
const READY = 'siteloop:ready';
const NEXT = 'siteloop:next';

/** The person asked for the next picture. */
export function markSubmit(): void {
  for (const name of [SUBMIT, READY]) performance.clearMarks(name);
  performance.mark(SUBMIT);
}

/** A task's picture and labels are painted. Resolves after that. */
export async function markReady(taskId: string): Promise<void> {
  await painted();
  performance.clearMarks(READY);
  performance.mark(READY, { detail: { task: taskId } });
  if (performance.getEntriesByName(SUBMIT).length > 0) performance.measure(NEXT, SUBMIT, READY);
}

/** The frame that shows what was changed until now has been drawn. A page out of sight draws none and waits for none. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    if (document.visibilityState === 'hidden') return resolve();
    // The editor's own drawing was asked for earlier and so runs first in this frame.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(null);
    });
  });
}
