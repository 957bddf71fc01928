/** A forecast of the finish, in words. */
import { NBSP, plural } from '@/lib/numbers';
import type { Schemas } from '@/types/api';

export type Finish = Schemas['Finish'];

const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** "Wed 11 Nov", of a date without a time; with its year where that is another. */
export function dayName(day: string, today: Date = new Date()): string {
  const date = new Date(`${day}T00:00:00Z`);
  const text = DAY.format(date).replace(',', '');
  const year = date.getUTCFullYear();
  return (year === today.getUTCFullYear() ? text : `${text} ${year}`).replaceAll(' ', NBSP);
}

/** When the open pictures are done, or why nobody can say. */
export function finishSentence(finish: Finish): string {
  const open = `${plural(finish.open, 'open picture').replace(' ', NBSP)}`;
  const are = finish.open === 1 ? 'is' : 'are';
  switch (finish.state) {
    case 'done':
      return 'Everything here is approved.';
    case 'few':
      return `Too few days to say when the ${open} ${are} approved: ${finish.days}${NBSP}of${NBSP}${finish.wanted} counted.`;
    case 'still':
      return `No picture that people labelled here was approved in the last 30${NBSP}days, so there is no day to tell for the ${open}. What was imported or approved by a policy does not count, nor does today yet.`;
    case 'far':
      return `At the pace of the last days, the ${open} would take more than ten years.`;
    default: {
      const [early, likely, late] = [finish.early, finish.likely, finish.late].map((day) =>
        dayName(day ?? ''),
      );
      return early === late
        ? `The ${open} ${are} approved on ${likely}, going by the last days.`
        : `The ${open} ${are} approved about ${likely}: 8${NBSP}times in${NBSP}10 between ${early} and ${late}.`;
    }
  }
}

/** What the sentence goes by. */
export function finishBasis(finish: Finish): string {
  if (finish.state !== 'told' && finish.state !== 'far') return '';
  const which = finish.with_weekends ? 'every day of the week' : 'Monday to Friday';
  return `From ${plural(finish.approved, 'picture')} approved on ${plural(finish.days, 'day')}, ${which}, days with none included. Today does not count yet.`;
}
