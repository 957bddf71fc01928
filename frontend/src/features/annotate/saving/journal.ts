/** The browser's own copy of work that the server has not confirmed yet. One entry per assignment and tab. */
import { openDB, type IDBPDatabase } from 'idb';

import type { WireDecision, WireOp, WireRegion } from '@/canvas/document/wire';

/** One operation with what it replaced, so that it can be put on top of somebody else's save. */
export type PendingOp = { op: WireOp; before: WireRegion | readonly string[] | null };

export type SubmitBody = {
  base_revision_id: string | null;
  decisions: WireDecision[];
  active_seconds: number;
  approve: boolean;
  nothing_here: boolean;
};

/** A submit on its way, word for word: whoever finishes it says the very same, so that it counts once. */
export type Intent = { key: string; body: SubmitBody; projectId: string; taskName: string };

export type JournalEntry = {
  /** Two tabs with one task must not write over, or clear away, each other's work. */
  tab: string;
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
  /** Whose work it is: never sent as anybody else. */
  owner: string;
  /** The person submitted it, and no answer came yet. */
  intent: Intent | null;
};

export interface Journal {
  /** Whether entries outlive this page. */
  readonly durable: boolean;
  /** Entries that end with this page: leaving it now would lose them. */
  readonly isLoose: boolean;
  /** What any tab kept of this work, oldest first. */
  read(assignmentId: string): Promise<JournalEntry[]>;
  write(entry: JournalEntry): Promise<void>;
  drop(entry: EntryKey): Promise<void>;
  all(): Promise<JournalEntry[]>;
}

export type EntryKey = Pick<JournalEntry, 'tab' | 'assignmentId'>;
const byAge = (a: JournalEntry, b: JournalEntry): number => a.at - b.at;

/**
 * What several tabs left of one work, as one entry for `tab`: all of it in the order it was made. Null for
 * nothing. Replays are harmless, so it matters not whether one of the tabs still lives.
 */
export function takenOver(entries: readonly JournalEntry[], tab: string): JournalEntry | null {
  const newest = entries.at(-1);
  if (!newest) return null;
  const said = new Map(entries.flatMap((entry) => entry.decisions).map((each) => [each.suggestion_id, each]));
  const earlier = entries.slice(0, -1).flatMap((entry) => [...entry.sending, ...entry.waiting]);
  return {
    ...newest,
    tab,
    sending: [...earlier, ...newest.sending],
    decisions: [...said.values()],
    // Opened again: it is the person's to submit again.
    intent: null,
    activeSeconds: Math.max(...entries.map((entry) => entry.activeSeconds)),
  };
}

export class MemoryJournal implements Journal {
  readonly durable: boolean = false;
  private readonly entries = new Map<string, JournalEntry>();

  get isLoose(): boolean {
    return this.entries.size > 0;
  }
  async read(assignmentId: string): Promise<JournalEntry[]> {
    return (await this.all()).filter((entry) => entry.assignmentId === assignmentId).sort(byAge);
  }
  write(entry: JournalEntry): Promise<void> {
    this.entries.set(keyOf(entry).join('/'), structuredClone(entry));
    return Promise.resolve();
  }
  drop(entry: EntryKey): Promise<void> {
    this.entries.delete(keyOf(entry).join('/'));
    return Promise.resolve();
  }
  all(): Promise<JournalEntry[]> {
    return Promise.resolve([...this.entries.values()]);
  }
}

const keyOf = (entry: EntryKey): [string, string] => [entry.assignmentId, entry.tab];
const DATABASE = 'siteloop-journal';
const STORE = 'work';
/** Entries of work nobody came back to are cleared away after this. */
const KEPT_MS = 30 * 24 * 3600_000;

class BrowserJournal implements Journal {
  readonly durable = true;
  readonly isLoose = false;
  constructor(private readonly db: IDBPDatabase) {}

  async read(assignmentId: string): Promise<JournalEntry[]> {
    const range = IDBKeyRange.bound([assignmentId], [assignmentId, []]);
    return ((await this.db.getAll(STORE, range)) as JournalEntry[]).sort(byAge);
  }
  async write(entry: JournalEntry): Promise<void> {
    await this.db.put(STORE, entry);
  }
  async drop(entry: EntryKey): Promise<void> {
    await this.db.delete(STORE, keyOf(entry));
  }
  async all(): Promise<JournalEntry[]> {
    return (await this.db.getAll(STORE)) as JournalEntry[];
  }
  async clearOld(now: number): Promise<void> {
    for (const entry of await this.all()) if (now - entry.at > KEPT_MS) await this.drop(entry);
  }
}

let opened: Promise<Journal> | null = null;

/** The browser's journal, or one in memory where the browser has no room or forbids it. */
export function openJournal(): Promise<Journal> {
  opened ??= openInBrowser().catch(() => new MemoryJournal());
  return opened;
}

/** Rejects where the browser refuses: by an event, or (cookies blocked) by throwing at the first touch. */
async function openInBrowser(): Promise<Journal> {
  const db = await openDB(DATABASE, 1, {
    upgrade: (made) => void made.createObjectStore(STORE, { keyPath: ['assignmentId', 'tab'] }),
  });
  const journal = new BrowserJournal(db);
  await journal.clearOld(Date.now());
  return journal;
}
