/** What a revision changed, in a few words. Pure. */
import { plural } from '@/lib/numbers';
import type { HistoryEntry } from '@/types/annotation';

import { flowWords as words } from '../flow-strings';

/** Whose work a revision is: a policy's, a model's that somebody accepted, a file's, or a person's. */
export function whoMade({
  policy_id: policyId,
  merged_of: people,
  source,
  author,
  of_test: isOfTest,
}: Pick<HistoryEntry, 'policy_id' | 'merged_of' | 'source' | 'author' | 'of_test'>): string {
  if (isOfTest) return words.ofTest;
  if (policyId) return words.byPolicy;
  if (people !== null) return words.byPeople(people);
  return words.bySource[source] ?? author?.name ?? words.nobody;
}

/** "+3 objects, 2 changed, −1": the first number says what is counted. */
export function changeWords({ changes }: Pick<HistoryEntry, 'changes'>): string {
  const parts: string[] = [];
  const say = (n: number, many: (n: number) => string, few: (n: number) => string) => {
    if (n > 0) parts.push(parts.length === 0 ? many(n) : few(n));
  };
  say(
    changes.added,
    (n) => `+${plural(n, 'object')}`,
    (n) => `+${n}`,
  );
  say(
    changes.removed,
    (n) => `−${plural(n, 'object')}`,
    (n) => `−${n}`,
  );
  say(
    changes.changed,
    (n) => `${plural(n, 'object')} changed`,
    (n) => `${n} changed`,
  );
  say(
    changes.relabelled,
    (n) => `${plural(n, 'object')} relabelled`,
    (n) => `${n} relabelled`,
  );
  const tags = changes.tags_added + changes.tags_removed;
  if (tags > 0) parts.push(`${plural(tags, 'tag')} changed`);
  return parts.join(', ') || words.unchanged;
}
