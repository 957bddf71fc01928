/** Weeks as a chart needs them: at even distances, also those of which nothing is told. Pure. */
const WEEK_MS = 7 * 24 * 3_600_000;

/** Each Monday (`2026-11-23`) from the first to the last of `weeks`, which come in order; `agreed` where it is told. */
export function everyWeek<Agreed>(
  weeks: readonly { week: string; agreed: Agreed }[],
): { week: string; agreed?: Agreed }[] {
  const told = new Map(weeks.map((each) => [each.week, each]));
  const [first, last] = [weeks[0], weeks.at(-1)].map((each) => Date.parse(`${each?.week}T00:00:00Z`));
  if (first === undefined || last === undefined || Number.isNaN(first)) return [];
  return Array.from({ length: Math.round((last - first) / WEEK_MS) + 1 }, (_, index) => {
    const week = new Date(first + index * WEEK_MS).toISOString().slice(0, 10);
    return told.get(week) ?? { week };
  });
}
