/**
 * The grid's filters as the address and the API spell them: key → values, never an empty list.
 * Several values of one key mean any of them; metadata is filtered by `meta.<key>`.
 */

export const LIST_KEYS = [
  'state',
  'label',
  'suggested_label',
  'camera',
  'site',
  'selection_reason',
  'issue',
  'asset_state',
] as const;
export const ONE_KEYS = [
  'kind',
  'shape',
  'min_score',
  'max_score',
  'excluded',
  'near_copy',
  'author',
  'blind',
  'search',
  'group',
  'captured_from',
  'captured_to',
  'dataset_version',
  'split',
] as const;
export const ORDERS = ['newest', 'oldest', 'name', 'captured', 'score', 'uncertainty'] as const;
export type Order = (typeof ORDERS)[number];
export type Filters = Readonly<Record<string, readonly string[]>>;

const META = 'meta.';
const LISTS = new Set<string>(LIST_KEYS);
const ONES = new Set<string>(ONE_KEYS);
const NUMBERS = new Set<string>(['min_score', 'max_score']);
const YES_NO = new Set<string>(['near_copy', 'blind']);

const texts = (raw: unknown): string[] =>
  (Array.isArray(raw) ? raw : [raw])
    .filter((each) => ['string', 'number', 'boolean'].includes(typeof each))
    .map(String)
    .filter((each) => each !== '');

/** Filters from an address or a saved slice. What is no filter of the grid is left out. */
export function filtersFrom(search: Record<string, unknown>): Filters {
  const found: Record<string, string[]> = {};
  for (const [key, raw] of Object.entries(search)) {
    const isMeta = key.startsWith(META) && key.length > META.length;
    if (!LISTS.has(key) && !ONES.has(key) && !isMeta) continue;
    const values = LISTS.has(key)
      ? [...new Set(texts(raw).flatMap((text) => text.split(',')))].filter(Boolean).sort()
      : texts(raw).slice(0, 1);
    if (values.length > 0 && !(key === 'excluded' && values[0] === 'no')) found[key] = values;
  }
  return found;
}

/** The filters as address parts: numbers and yes/no plain, lists joined by commas. */
export function searchOf(filters: Filters): Record<string, string | number | boolean> {
  const search: Record<string, string | number | boolean> = {};
  for (const [key, values] of Object.entries(filters)) {
    const text = values.join(',');
    search[key] = NUMBERS.has(key) ? Number(text) : YES_NO.has(key) ? text === 'true' : text;
  }
  return search;
}

/** The filters as the API stores them in slices and datasets. */
export function bodyOf(filters: Filters): Record<string, string[]> {
  return Object.fromEntries(Object.entries(filters).map(([key, values]) => [key, [...values]]));
}

export function withValues(filters: Filters, key: string, values: readonly string[]): Filters {
  const { [key]: _old, ...rest } = filters;
  return filtersFrom({ ...rest, [key]: values });
}

/** Put a value in, or take it out where it is in. */
export function toggled(filters: Filters, key: string, value: string): Filters {
  const present = filters[key] ?? [];
  return withValues(
    filters,
    key,
    present.includes(value) ? present.filter((each) => each !== value) : [...present, value],
  );
}

export function sameFilters(one: Filters, other: Filters): boolean {
  const plain = (filters: Filters) =>
    JSON.stringify(Object.entries(filtersFrom(filters)).sort(([a], [b]) => (a < b ? -1 : 1)));
  return plain(one) === plain(other);
}

export const isEmpty = (filters: Filters) => Object.keys(filters).length === 0;

export const metaKey = (name: string) => META + name;
export const metaName = (key: string) => (key.startsWith(META) ? key.slice(META.length) : null);

export function orderFrom(raw: unknown): Order {
  return ORDERS.find((order) => order === raw) ?? 'newest';
}
