/** What a look for drift says in words a safety lead can use: what changed, by how much, and what to do. */
import type { DriftMeasure, DriftSource, DriftState } from '@/features/learning/api';
import { driftWords as words } from '@/features/learning/strings';
import { count, NBSP, percent } from '@/lib/numbers';

type Kind = DriftMeasure['measure'];
export type Verdict = DriftMeasure['verdict'];

/** A mean that moved less is not worth a direction: the spread changed. */
const SAME_SCORE = 0.02;

export const VERDICT_COLORS = { drifting: 'yellow', steady: 'teal', too_few: 'gray' } as const;

export const MEASURE_WORDS: Record<Kind, string> = {
  brightness: 'Brightness',
  embedding: 'Look of the pictures',
  scores: 'How sure the model is',
  rate: 'Objects found',
  height: 'Where the camera looks',
};

const STEADY: Record<Kind, string> = {
  brightness: 'As bright as when this model was chosen.',
  embedding: 'Pictures look like those this model was chosen on.',
  scores: 'The model is as sure as when it was chosen.',
  rate: 'About as many objects are found.',
  height: 'Objects stand where they did: the camera has not moved.',
};

const NEXT: Record<Kind, string> = {
  brightness: 'Look at the lamps, the lens and the exposure. If it is to stay so, label some of these.',
  embedding: 'Look at some of them, and label what is new there.',
  scores: 'Label some of these: where a model is less sure it errs more often.',
  rate: 'Look at the live picture: is something before the lens, or is the place busier or emptier?',
  height: 'Look whether the camera was turned, moved or zoomed, and calibrate it anew.',
};

export const nameOf = (source: DriftSource): string => source.name || words.noCamera;

/** The whole of a source or model: drifting where anything is, too few where nothing could be compared. */
export function wholeVerdict(rows: readonly { verdict: Verdict }[]): Verdict {
  if (rows.some((row) => row.verdict === 'drifting')) return 'drifting';
  return rows.some((row) => row.verdict === 'steady') ? 'steady' : 'too_few';
}

export const sourceVerdict = (source: DriftSource): Verdict => wholeVerdict(source.measures);

/** Sources that drift first, those with too few last; else as they came (by name). */
export function inOrder(state: DriftState): DriftSource[] {
  const places: Verdict[] = ['drifting', 'steady', 'too_few'];
  const place = (source: DriftSource) => places.indexOf(sourceVerdict(source));
  return state.sources.toSorted((a, b) => place(a) - place(b));
}

/** "Pictures of Dock 2 are darker than when this model was chosen." */
export function sentence(row: DriftMeasure, source: DriftSource): string {
  if (row.verdict === 'too_few') {
    const unit = row.unit === 'hour' ? ' hours' : '';
    return `Too few to compare yet: ${count(row.n_now)}${unit} now, ${count(row.n_reference)} then.`;
  }
  if (row.verdict === 'steady') return STEADY[row.measure];
  const before = row.before ?? 0;
  const after = row.after ?? 0;
  const isMore = after > before;
  const ofPictures = source.name ? `Pictures of ${source.name}` : 'Pictures';
  switch (row.measure) {
    case 'brightness':
      return `${ofPictures} are ${isMore ? 'brighter' : 'darker'} than when this model was chosen.`;
    case 'embedding':
      return `${ofPictures} look different from those this model was chosen on.`;
    case 'scores':
      if (Math.abs(after - before) < SAME_SCORE) return 'The model is sure of other things than it was.';
      return `The model is ${isMore ? 'more' : 'less'} sure than when it was chosen.`;
    case 'rate':
      return `${isMore ? 'More' : 'Fewer'} objects are found than when this model was chosen.`;
    case 'height': {
      const by = Math.round(Math.abs(after / (before || 1) - 1) * 100);
      return `Objects at the same place are ${by}${NBSP}% ${isMore ? 'taller' : 'smaller'}: the camera may have moved or zoomed.`;
    }
  }
}

export const nextStep = (row: DriftMeasure): string => (row.verdict === 'drifting' ? NEXT[row.measure] : '');

const fixed = (value: number, digits: number) => value.toFixed(digits);

/** "120 → 70 of 255; drifts from a change of 15 on". Empty where nothing was compared. */
export function figures(row: DriftMeasure): string {
  const { before, after, value, threshold } = row;
  if (before === null || after === null || value === null || threshold === null) return '';
  switch (row.measure) {
    case 'brightness':
      return `${fixed(before, 0)} → ${fixed(after, 0)} of 255; drifts when it changes by more than ${fixed(threshold, 0)}`;
    case 'embedding':
      return `${fixed(value, 2)} spreads away; drifts above ${fixed(threshold, 2)}`;
    case 'scores':
      return `mean score ${fixed(before, 2)} → ${fixed(after, 2)}; index ${fixed(value, 2)}, drifts above ${fixed(threshold, 2)}`;
    case 'rate': {
      const each = row.unit === 'hour' ? 'an hour' : 'a picture';
      const digits = Math.max(before, after) < 10 ? 1 : 0;
      return `${fixed(before, digits)} → ${fixed(after, digits)} ${each}; drifts above × ${fixed(threshold, 1)} or below ÷ ${fixed(threshold, 1)}`;
    }
    case 'height':
      return `${percent(value)}; drifts above ${percent(threshold)}`;
  }
}

/** What the bars run from and to. */
export function ends({ measure, unit, bars }: DriftMeasure): [string, string] {
  const last = bars?.edges.at(-1) ?? 0;
  switch (measure) {
    case 'brightness':
      return [`${fixed(bars?.edges[0] ?? 0, 0)}, darker`, `${fixed(last, 0)}, brighter`];
    case 'embedding':
      return ['usual', 'unusual'];
    case 'scores':
      return ['unsure', 'sure'];
    case 'rate':
      return ['0', `${fixed(last, last < 10 ? 1 : 0)} ${unit === 'hour' ? 'an hour' : 'a picture'}`];
    case 'height':
      return ['smaller', 'taller'];
  }
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** "150 pictures, 16 – 17 Nov". */
export function sideText(side: DriftSource['now']): string {
  if (!side.first || !side.last) return '';
  const days = day.formatRange(new Date(side.first), new Date(side.last));
  return `${count(side.pictures)} pictures, ${days}`;
}
