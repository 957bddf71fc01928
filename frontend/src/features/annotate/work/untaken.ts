/**
 * Pictures that a person submitted and that were not taken, until they are opened again or the word on them was
 * read. Kept by the app and not by a page: the word must reach the person wherever they are by then.
 */
import { onPerson, signedInAs } from '@/lib/person';
import { toastError } from '@/lib/toast';

export type Untaken = {
  taskId: string;
  projectId: string;
  /** Of the picture. */
  name: string;
  /** What became of it, with the name. */
  title: string;
  text: string;
};

/** Whoever left the page sooner than this after a word came has hardly read it. */
const READ_MS = 10_000;
/** From one page that shows the list to the next one. */
const BETWEEN_PAGES_MS = 1_000;

export class UntakenList {
  private rows: readonly Untaken[] = [];
  private readonly cameAt = new WeakMap<Untaken, number>();
  private owner: string | null | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly tell: (row: Untaken) => void) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) setTimeout(() => this.tellUnread(), BETWEEN_PAGES_MS);
    };
  };
  /** Oldest first. */
  getView = (): readonly Untaken[] => this.rows;

  private set(rows: readonly Untaken[]): void {
    if (rows.length === 0 && this.rows.length === 0) return;
    this.rows = rows;
    for (const listener of [...this.listeners]) listener();
  }

  private tellUnread(): void {
    if (this.listeners.size > 0) return;
    const isNew = (row: Untaken) => Date.now() - (this.cameAt.get(row) ?? 0) < READ_MS;
    for (const row of this.rows.filter(isNew)) this.tellAside(row);
  }

  private tellAside(row: Untaken): void {
    this.cameAt.delete(row);
    this.tell(row);
  }

  /** The latest word on a picture takes the place of a former one. Where no page shows the list, it is told aside. */
  add(row: Untaken): void {
    this.set([...this.rows.filter((each) => each.taskId !== row.taskId), row]);
    this.cameAt.set(row, Date.now());
    if (this.listeners.size === 0) this.tellAside(row);
  }

  /** Answered: the picture is open again, or it was taken after all. */
  settle(taskId: string): void {
    const rows = this.rows.filter((each) => each.taskId !== taskId);
    if (rows.length < this.rows.length) this.set(rows);
  }

  /** Read. */
  clear(): void {
    this.set([]);
  }

  /** Nobody is told of another person's pictures. A session that ended is the same person's until another comes. */
  ownedBy(person: string | null | undefined): void {
    if (person == null || person === this.owner) return;
    if (this.owner !== undefined) this.clear();
    this.owner = person;
  }
}

/** The app's own. */
export const untaken = new UntakenList((row) => toastError(new Error(row.text), row.title));
onPerson(() => untaken.ownedBy(signedInAs()));
