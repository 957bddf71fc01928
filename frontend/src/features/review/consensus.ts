/** Several people's answers on one picture as rows to look at: put together, or one of them. Pure. */
import type { WireRegion } from '@/canvas/document/wire';
import type { Schemas } from '@/types/api';

import type { DiffRow } from './diff';

export type Consensus = Schemas['Consensus'];
export type Answer = Consensus['answers'][number];
type Found = NonNullable<Consensus['merge']>['objects'][number];

const MISSING = 'missing';
/** As the server means it: more than half. */
export const HALF = 0.5;

/** What was put together: kept where all gave it its label, changed where most did, removed where it was left out. */
export function mergedRows(consensus: Consensus, now: readonly WireRegion[]): DiffRow[] {
  const found = foundById(consensus);
  const rows = now.map((region): DiffRow => {
    const object = found.get(region.region_id);
    const isOfAll = object !== undefined && Object.keys(object.votes).length === 1;
    return { id: region.region_id, status: isOfAll ? 'kept' : 'changed', region };
  });
  // The least agreed on first.
  const votes = ({ id }: DiffRow): number => {
    const object = found.get(id);
    return object?.votes[object.label_id] ?? 0;
  };
  rows.sort((one, other) => votes(one) - votes(other));
  const left = [...found.values()].flatMap(({ kept, region }): DiffRow[] =>
    kept || !region ? [] : [{ id: region.region_id, status: 'removed', region: region as WireRegion }],
  );
  return [...rows, ...left];
}

/** One person's answer: kept where it is in what was put together, added where it was left out, removed what it lacks. */
export function answerRows(
  consensus: Consensus,
  own: readonly WireRegion[],
  merged: readonly WireRegion[],
): DiffRow[] {
  const objects = consensus.merge?.objects ?? [];
  const objectOf = new Map(
    objects.flatMap((object) => Object.values(object.sources).map((id) => [id, object] as const)),
  );
  const rows = own.map((region): DiffRow => {
    const object = objectOf.get(region.region_id);
    const isIn = object?.kept === true && object.label_id === region.label_id;
    return { id: region.region_id, status: isIn ? 'kept' : 'added', region };
  });
  // What stands may be a taken answer: its regions have ids of their own.
  const nameOf = (id: string): string => objectOf.get(id)?.region_id ?? id;
  const has = new Set(rows.flatMap(({ status, id }) => (status === 'kept' ? nameOf(id) : [])));
  const lacks = merged.filter((region) => !has.has(nameOf(region.region_id)));
  return [...rows, ...lacks.map((region): DiffRow => ({ id: region.region_id, status: 'removed', region }))];
}

/** Whether labels are one of the answers as it came, and none of what was put together. */
export function isAnswer(consensus: Consensus, regions: readonly WireRegion[]): boolean {
  const drawn = new Set(consensus.merge?.objects.flatMap(({ sources }) => Object.values(sources)));
  return regions.length > 0 && regions.every((region) => drawn.has(region.region_id));
}

/** "3 of 3", or who said what: "2 person, 1 forklift". */
export function votesOf(object: Found, nameOf: (labelId: string) => string): string {
  const asked = Object.values(object.votes).reduce((sum, votes) => sum + votes, 0);
  const named = Object.entries(object.votes).filter(([label]) => label !== MISSING);
  if (named.length === 1) return `${named[0]?.[1] ?? 0} of ${asked}`;
  return named
    .sort(([, a], [, b]) => b - a)
    .map(([label, votes]) => `${votes} ${nameOf(label)}`)
    .join(', ');
}

const MOST = 'The most is 1.';
const names = new Intl.ListFormat('en', { type: 'conjunction' });

/**
 * "Ana's answers counted 1, Ben's 0.8. The most is 1.", or whose counted the same; nothing where that is not told, or
 * there is only one to tell of. One that came later has no weight: it did not count yet.
 */
export function countedOf(answers: readonly Answer[], nameOf: (answer: Answer) => string): string {
  const weighed = answers.flatMap((answer) =>
    answer.weight === null ? [] : [{ name: nameOf(answer), weight: answer.weight }],
  );
  if (weighed.length < 2) return '';
  if (weighed.every(({ weight }) => weight > 0.95)) {
    const whose =
      weighed.length === answers.length
        ? 'Everybody’s'
        : names.format(weighed.map(({ name }) => `${name}’s`));
    return `${whose} answers counted the same.`;
  }
  weighed.sort((one, other) => other.weight - one.weight);
  // One place: the weights are learned from few pictures, and more would say what nobody knows.
  const said = weighed.map(({ name, weight }, index) => {
    const counted = weight < 0.1 ? 'less than 0.1' : Number(weight.toFixed(1));
    return index === 0 ? `${name}’s answers counted ${counted}` : `${name}’s ${counted}`;
  });
  return `${said.join(', ')}. ${MOST}`;
}

export const foundById = (consensus: Consensus): Map<string, Found> =>
  new Map(consensus.merge?.objects.map((object) => [object.region_id, object]));

/** The shares a reviewer may ask for: one is enough, more than half, all of them. */
export function quorumsFor(people: number): { value: number; name: string }[] {
  return [
    { value: Number((1 / people).toFixed(4)) - 1e-4, name: 'One is enough' },
    { value: HALF, name: 'More than half' },
    { value: 1, name: `All ${people}` },
  ];
}
