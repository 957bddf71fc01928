/** Cursor pages as the API sends them. */

export type Page<T> = { next: string | null; previous: string | null; results: T[] };

/** The cursor inside a page's `next` address; undefined at the end. */
export function cursorOf(next: string | null | undefined): string | undefined {
  if (!next) return undefined;
  return new URL(next, window.location.origin).searchParams.get('cursor') ?? undefined;
}
