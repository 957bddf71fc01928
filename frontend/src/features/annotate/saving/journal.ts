/** The browser's own copy of work that the server has not confirmed yet. One entry per assignment. */
import { openDB, type IDBPDatabase } from 'idb';

import type { WireDecision, WireOp, WireRegion } from '@/canvas/document/wire';

/** One operation with what it replaced, so that it can be put on top of somebody else's save. */
export type PendingOp = { op: WireOp; before: WireRegion | readonly string[] | null };

export type JournalEntry = {
  assignmentId: string;
  taskId: string;
  /** The draft's version that the operations follow. */
  version: number;
  /** Sent, not confirmed: replayed as it is, so that the server knows it again. */
  sending: PendingOp[];
  waiting: PendingOp[];
  decisions: WireDecision[];
  activeSeconds: number;
  at: number;
};

export interface Journal {
  /** Whether entries outlive this page. */
  readonly durable: boolean;
  read(assignmentId: string): Promise<JournalEntry | null>;
  write(entry: JournalEntry): Promise<void>;
  drop(assignmentId: string): Promise<void>;
  all(): Promise<JournalEntry[]>;
}

export class MemoryJournal implements Journal {
  readonly durable = false;
  private readonly entries = new Map<string, JournalEntry>();

  read(assignmentId: string): Promise<JournalEntry | null> {
    return Promise.resolve(this.entries.get(assignmentId) ?? null);
  }
  write(entry: JournalEntry): Promise<void> {
    this.entries.set(entry.assignmentId, structuredClone(entry));
    return Promise.resolve();
  }
  drop(assignmentId: string): Promise<void> {
    this.entries.delete(assignmentId);
    return Promise.resolve();
  }
  all(): Promise<JournalEntry[]> {
    return Promise.resolve([...this.entries.values()]);
  }
}

const STORE = 'drafts';
/** Entries of work nobody came back to are cleared away after this. */
const KEPT_MS = 30 * 24 * 3600_000;

class BrowserJournal implements Journal {
  readonly durable = true;
  constructor(private readonly db: IDBPDatabase) {}

  async read(assignmentId: string): Promise<JournalEntry | null> {
    return ((await this.db.get(STORE, assignmentId)) as JournalEntry | undefined) ?? null;
  }
  async write(entry: JournalEntry): Promise<void> {
    await this.db.put(STORE, entry);
  }
  async drop(assignmentId: string): Promise<void> {
    await this.db.delete(STORE, assignmentId);
  }
  async all(): Promise<JournalEntry[]> {
    return (await this.db.getAll(STORE)) as JournalEntry[];
  }
  async clearOld(now: number): Promise<void> {
    for (const entry of await this.all()) {
      if (now - entry.at > KEPT_MS) await this.drop(entry.assignmentId);
    }
  }
}

let opened: Promise<Journal> | null = null;

/** The browser's journal, or one in memory where the browser has no room or forbids it. */
export function openJournal(): Promise<Journal> {
  opened ??= openDB('siteloop-annotate', 1, {
    upgrade: (db) => void db.createObjectStore(STORE, { keyPath: 'assignmentId' }),
  }).then(
    async (db) => {
      const journal = new BrowserJournal(db);
      await journal.clearOld(Date.now());
      return journal;
    },
    () => new MemoryJournal(),
  );
  return opened;
}
