/** What happened on the feeds, in words; stored events and live ones in one list. */
import type { FeedEvent } from '@/features/live/api';
import { REASON_WORDS, STATE_WORDS, VIEW_WORDS } from '@/features/live/strings';
import type { ServerEvent } from '@/lib/event-stream';
import { plural, score } from '@/lib/numbers';

export type Happening = {
  key: string;
  feedId: string;
  kind: FeedEvent['kind'];
  at: string;
  text: string;
  taskId: string | null;
  /** How many more of the same kind on the same feed came right before. */
  more: number;
};

const SHOWN_MAX = 60;
/** Kinds that come in runs; of these the newest is shown, and how many more. */
const RUNS: readonly string[] = ['capture', 'track', 'distance'];
const KINDS: readonly string[] = ['state', 'track', 'capture', 'model', 'camera', 'distance'];

type Payload = Record<string, unknown>;
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function wordsOf(kind: FeedEvent['kind'], payload: Payload): string {
  const found = typeof payload.score === 'number' ? `, ${score(payload.score)}` : '';
  switch (kind) {
    case 'state': {
      const state = STATE_WORDS[payload.state as keyof typeof STATE_WORDS] ?? text(payload.state);
      return payload.detail ? `${state}: ${text(payload.detail)}` : state;
    }
    case 'track':
      return `${text(payload.label)} ${text(payload.track_id)} seen${found}`;
    case 'capture':
      return `Sent back, ${REASON_WORDS[text(payload.reason)] ?? text(payload.reason)}${found}`;
    case 'model':
      return `Runs model ${text(payload.number)} now`;
    case 'camera':
      return VIEW_WORDS[text(payload.view)] ?? text(payload.view);
    case 'distance':
      return countsText(payload);
  }
}

/** "4 people, 2 too near, closest 1.4 m" */
export function countsText({ people, near, closest_m }: Payload): string {
  const words = [plural(Number(people) || 0, 'person', 'people')];
  if (typeof near === 'number') words.push(near > 0 ? `${near} too near` : 'none too near');
  if (typeof closest_m === 'number') words.push(`closest ${closest_m.toFixed(1)} m`);
  return words.join(', ');
}

export function stored(feedId: string, event: FeedEvent): Happening {
  return {
    key: event.id,
    feedId,
    kind: event.kind,
    at: event.at,
    text: wordsOf(event.kind, event.payload),
    taskId: text(event.payload.task_id) || null,
    more: 0,
  };
}

/** A live event as an entry; null for changes of a feed that are no event of their own. */
export function live(event: ServerEvent, at: string): Happening | null {
  const { id, event: kind, ...payload } = event.data;
  if (typeof id !== 'string' || typeof kind !== 'string' || !KINDS.includes(kind)) return null;
  return {
    key: `${at}-${id}-${JSON.stringify(payload)}`,
    feedId: id,
    kind: kind as FeedEvent['kind'],
    at,
    text: wordsOf(kind as FeedEvent['kind'], payload),
    taskId: text(payload.task_id) || null,
    more: 0,
  };
}

/** Newest first. What came live and was fetched afterwards is shown once. */
export function merged(...lists: readonly Happening[][]): Happening[] {
  const seen = new Set<string>();
  return lists
    .flat()
    .sort((a, b) => new Date(b.at).getTime() - new Date(a.at).getTime())
    .filter(({ feedId, text: words, at }) => {
      const mark = `${feedId}|${words}|${Math.round(new Date(at).getTime() / 2000)}`;
      return !seen.has(mark) && seen.add(mark);
    })
    .slice(0, SHOWN_MAX);
}

/** Runs of tracks, counts or pictures sent back by one feed as one entry: the newest, and how many more. */
export function grouped(list: readonly Happening[]): Happening[] {
  const out: Happening[] = [];
  for (const each of list) {
    const last = out.at(-1);
    const isRun = RUNS.includes(each.kind);
    if (last && isRun && last.kind === each.kind && last.feedId === each.feedId) {
      out[out.length - 1] = { ...last, more: last.more + 1 };
    } else out.push(each);
  }
  return out;
}
