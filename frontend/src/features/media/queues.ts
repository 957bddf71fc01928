/** One queue per project for the whole visit: sending goes on while other pages are looked at. */
import { useSyncExternalStore } from 'react';

import { browserMemory, transportTo, type UploadOptions } from '@/features/media/api';
import { UploadQueue } from '@/features/media/upload-queue';

type Sender = { queue: UploadQueue; options: UploadOptions };
const senders = new Map<string, Sender>();

export function senderOf(projectId: string): Sender {
  const known = senders.get(projectId);
  if (known) return known;
  const sender: Sender = {
    options: {},
    queue: new UploadQueue(
      transportTo(projectId, () => senders.get(projectId)?.options ?? {}),
      browserMemory(projectId),
    ),
  };
  senders.set(projectId, sender);
  return sender;
}

/** Counts for the files whose turn is still to come. */
export function setOptions(projectId: string, options: UploadOptions): void {
  senderOf(projectId).options = options;
}

export function useQueue(queue: UploadQueue) {
  return useSyncExternalStore(queue.subscribe, queue.read);
}

/** Closing the tab would stop what is being sent: the browser asks first. */
window.addEventListener('beforeunload', (event) => {
  if ([...senders.values()].some(({ queue }) => queue.isBusy)) event.preventDefault();
});
