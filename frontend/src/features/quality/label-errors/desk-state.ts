/** The desk's own logic, without a screen: what is shown, where one is, what was decided. Pure. */
import type { Finding, Verdict } from './api';

export type Decision = { finding: Finding; verdict: Verdict };
export type DeskState = {
  /** Place in the list; who is decided makes room, so that the next one moves up under it. */
  at: number;
  /** What this page has decided, newest last; shown no more, whatever an older answer of the server still says. */
  decisions: readonly Decision[];
  /** Findings taken back, as the server told them last. */
  returned: readonly Finding[];
};

export const START: DeskState = { at: 0, decisions: [], returned: [] };

/** What is left to decide: the server's list without what was decided here, with what was taken back. */
export function shownFindings(listed: readonly Finding[], state: DeskState): Finding[] {
  const gone = new Set(state.decisions.map(({ finding }) => finding.id));
  const byId = new Map(listed.map((finding) => [finding.id, finding]));
  for (const finding of state.returned) {
    const known = byId.get(finding.id);
    if (!known || known.version < finding.version) byId.set(finding.id, finding);
  }
  return [...byId.values()]
    .filter(({ id }) => !gone.has(id))
    .sort((one, other) => other.score - one.score || other.id.localeCompare(one.id));
}

export const clamp = (at: number, length: number): number =>
  Math.min(Math.max(at, 0), Math.max(0, length - 1));

export const moved = (state: DeskState, by: number, length: number): DeskState => ({
  ...state,
  at: clamp(state.at + by, length),
});

/** The place stays, and the next finding comes to it; after the last one the one before it does. */
export const decided = (state: DeskState, decision: Decision, length: number): DeskState => ({
  at: clamp(state.at, length - 1),
  decisions: [...state.decisions, decision],
  returned: state.returned.filter(({ id }) => id !== decision.finding.id),
});

/** The server has taken it: what an undo has to name is its newest version. */
export const confirmed = (state: DeskState, finding: Finding): DeskState => ({
  ...state,
  decisions: state.decisions.map((each) => (each.finding.id === finding.id ? { ...each, finding } : each)),
});

/** The server refused it, and it is to be seen again unless its list says otherwise. */
export const refused = (state: DeskState, id: string): DeskState => ({
  ...state,
  decisions: state.decisions.filter(({ finding }) => finding.id !== id),
});

/** Taken back: it is shown again, and the desk is at it. */
export function takenBack(state: DeskState, finding: Finding, listed: readonly Finding[]): DeskState {
  const next = {
    ...refused(state, finding.id),
    returned: [...state.returned.filter(({ id }) => id !== finding.id), finding],
  };
  const at = shownFindings(listed, next).findIndex(({ id }) => id === finding.id);
  return { ...next, at: Math.max(0, at) };
}
