/**
 * Somebody else saved in between: their labels and the work on this page become one. At once where nothing
 * clashes; else the person chooses, object by object. Never in the middle of a stroke, and what is drawn while
 * the question is open counts too.
 */
import { newId } from '@/canvas/document/ids';
import type { DocumentData } from '@/canvas/document/model';
import {
  decisionsToWire,
  documentFromWire,
  type WireLabels,
  type WireSuggestion,
} from '@/canvas/document/wire';
import type { Editor } from '@/canvas/editor';

import { opsBetween } from '../work/labels';
import { merge, resolve, type Changes, type Choice, type Conflict, type Merge } from './merge';
import type { CurrentDraft, Outbox } from './outbox';

export type Clash = {
  theirs: WireLabels;
  /** What this page changed since both were the same, as of now. */
  mine: () => Changes;
  /** The draft on the server, which the merged labels replace. */
  current: () => CurrentDraft;
  /** The revision that the merged work stands on, where it is another one than before. */
  revisionId: string | null;
  /** Whose save it was; null: one's own, from another tab or machine. */
  author: string | null;
};

/** As a refused submit brings it. */
export type OtherRevision = { id: string; author_name: string; labels: WireLabels };
export type PendingMerge = { clash: Clash; conflicts: readonly Conflict[] };

type Host = {
  editor: Editor;
  suggestions: readonly WireSuggestion[];
  outbox: () => Outbox | null;
  /** A question for the person, or none any more. */
  onPending: (pending: PendingMerge | null) => void;
  /** Both are one now, without a question where `asked` is false. */
  onMerged: (clash: Clash, asked: boolean) => void;
};

/** Tools that hold nothing of the person's in their hand. */
const RESTING = /(^|[.-])idle$|^(pan|smart)\./;

export class Merging {
  private pending: PendingMerge | null = null;
  private stopWaiting: (() => void) | null = null;

  constructor(private readonly host: Host) {}

  /** Whether a merge waits: for the person's choice, or for the end of a stroke. */
  get isOpen(): boolean {
    return this.pending !== null || this.stopWaiting !== null;
  }

  start(clash: Clash): void {
    this.close();
    const { editor } = this.host;
    const isResting = () => RESTING.test(editor.getSnapshot().toolPath);
    const go = () => this.settleOrAsk(clash, new Map(), []);
    if (isResting()) return go();
    const stop = editor.subscribe(() => {
      if (!isResting()) return;
      this.close();
      // The stroke's own operations are told after this; they belong into the merge.
      queueMicrotask(go);
    });
    this.stopWaiting = stop;
  }

  /** What the person chose, by object. Asks again where more clashes by now than they saw. */
  choose(choices: ReadonlyMap<string, Choice>): void {
    const { pending } = this;
    if (pending) this.settleOrAsk(pending.clash, choices, pending.conflicts);
  }

  close(): void {
    this.stopWaiting?.();
    this.stopWaiting = null;
    if (this.pending) this.ask(null);
  }

  private ask(pending: PendingMerge | null): void {
    this.pending = pending;
    this.host.onPending(pending);
  }

  private settleOrAsk(clash: Clash, choices: ReadonlyMap<string, Choice>, seen: readonly Conflict[]): void {
    const merged = merge(clash.mine(), clash.theirs);
    const known = new Set(seen.map((each) => each.id));
    if (merged.conflicts.some((each) => !known.has(each.id))) {
      return this.ask({ clash, conflicts: merged.conflicts });
    }
    this.settle(clash, merged, choices);
    if (seen.length > 0) this.ask(null);
    this.host.onMerged(clash, seen.length > 0);
  }

  private settle(clash: Clash, merged: Merge, choices: ReadonlyMap<string, Choice>): void {
    const { editor, suggestions, outbox } = this.host;
    const { state } = editor.document;
    const current = clash.current();
    const labels = resolve(merged, choices, newId);
    const ops = opsBetween(current.labels, labels, newId);
    const data = documentFromWire(labels, suggestions, decisionsToWire(state, suggestions));
    const { selection } = editor;
    const ids = new Set(labels.regions.map((row) => row.region_id));
    editor.loadDocument(withFlags(data, (id) => state.regions.get(id) ?? state.tracks.get(id)));
    editor.select(selection.filter((id) => ids.has(id)));
    outbox()?.adopt(current, ops);
  }
}

type Flagged = { hidden: boolean; locked: boolean };

/** What is hidden or locked on this page stays so: the server knows nothing of it. */
function withFlags(data: Required<DocumentData>, was: (id: string) => Flagged | undefined): DocumentData {
  const flagged = <T extends Flagged & { id: string }>(row: T): T => {
    const { hidden, locked } = was(row.id) ?? row;
    return { ...row, hidden, locked };
  };
  return { ...data, regions: data.regions.map(flagged), tracks: data.tracks.map(flagged) };
}
