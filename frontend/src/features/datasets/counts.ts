/** The counts of a version as rows of a table. Pure. */
import type { Dataset, Split } from '@/features/datasets/api';

export const SPLITS: readonly Split[] = ['train', 'val', 'test'];

export type ClassRow = {
  id: string;
  name: string;
  color: string | null;
  /** Objects (or, for tags, pictures) of each split. */
  objects: Record<Split, number>;
  pictures: number;
  total: number;
};

/** Every label of the version, also those without an object: they are what is missing. */
export function classRows(version: Dataset): ClassRow[] {
  const splits = version.counts.splits ?? {};
  const counted = new Set(Object.values(splits).flatMap((split) => Object.keys(split.labels)));
  const known = new Map(version.labels.map((label) => [label.id, label]));
  const ids = new Set([...known.keys(), ...counted]);
  return [...ids]
    .map((id) => {
      const of = (split: Split) => splits[split]?.labels[id];
      // A tag has no regions: the pictures that carry it are what is counted.
      const objects = Object.fromEntries(
        SPLITS.map((split) => [split, of(split)?.regions || of(split)?.items || 0]),
      ) as Record<Split, number>;
      return {
        id,
        name: known.get(id)?.name ?? 'a removed label',
        color: known.get(id)?.color ?? null,
        objects,
        pictures: SPLITS.reduce((sum, split) => sum + (of(split)?.items ?? 0), 0),
        total: SPLITS.reduce((sum, split) => sum + objects[split], 0),
      };
    })
    .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name));
}

export function splitItems(version: Dataset, split: Split): number {
  return version.counts.splits?.[split]?.items ?? 0;
}

/** What a training or a gate will stumble over, in words. */
export function warnings(version: Dataset): string[] {
  if (version.state !== 'frozen') return [];
  const found: string[] = [];
  if (splitItems(version, 'train') === 0) found.push('Nothing to learn from: no picture fell into train.');
  if ((version.counts.splits?.test?.blind ?? 0) === 0) {
    found.push(
      'No blind picture is in test, so models trained on it cannot be compared. Approve some of the random ones.',
    );
  }
  const missing = classRows(version).filter(({ objects }) => objects.train === 0);
  if (missing.length > 0 && splitItems(version, 'train') > 0) {
    found.push(`Not in train at all: ${missing.map(({ name }) => name).join(', ')}.`);
  }
  return found;
}
