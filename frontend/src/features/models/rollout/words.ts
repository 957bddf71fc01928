/** What a model's way to production says on the screen. */
import type { Rollout, RolloutChange, RolloutEvent, ShadowReport } from '@/features/models/api';
import { count, percent, plural } from '@/lib/numbers';

export const rolloutWords = {
  title: 'On its way to production',
  titleThere: 'Answers for all',
  about: 'One step at a time, each by a person, and one click back.',
  shadow: 'Shadow',
  shadowAbout: 'Looks at new pictures and live frames beside production. Nobody sees what it says.',
  canary: 'Canary',
  canaryAbout: 'Answers for a share of the cameras, always the same ones. Production answers for the rest.',
  all: 'All',
  allAbout: 'Answers everywhere. The former model stays ready to come back.',
  startShadow: 'Watch in shadow',
  backToShadow: 'Back to shadow',
  takeBack: 'Take back',
  share: 'Share of the cameras',
  refused: 'Not yet.',
  beside: 'Beside production',
  besideNone: 'Nothing was compared yet. New pictures and live frames are, as they come.',
  besideFailed: (n: number, error: string) => `It gave no answer ${plural(n, 'time')}. ${error}`,
  agree: 'They agree on',
  same: 'Boxes of both',
  onlyThis: 'Only this model',
  onlyProduction: 'Only production',
  nothingApart: 'Not one picture told them apart so far.',
  byLabel: 'By label',
  byPlace: 'By camera',
  noCamera: 'Without a camera',
  examples: 'Where they differ most',
  examplesAbout: 'Dashed: this model. Solid: production.',
  history: 'Who changed what',
  noHistory: 'Nobody has taken a step yet.',
  nobody: 'Somebody who has left',
} as const;

/** Shares a canary is offered; any from 1 to 99 percent is possible through the API. */
export const SHARES = [0.05, 0.1, 0.25, 0.5] as const;

export const rollBackTo = (number: number): string => `Roll back to model ${number}`;
export const letAnswer = (share: number): string => `Answer for ${percent(share)}`;

/** What a step's toast says. */
export function stepDone(event: RolloutEvent, number: number, share: number): string {
  switch (event) {
    case 'shadow':
      return `Model ${number} watches in shadow`;
    case 'canary':
      return `Model ${number} answers for ${percent(share)}`;
    case 'all':
      return `Model ${number} is in production`;
    case 'off':
      return `Model ${number} was taken back`;
    case 'rollback':
      return `Model ${number} was rolled back`;
  }
}

/** One line of the history. */
export function changeText({ event, model, replaced, share, note }: RolloutChange): string {
  const who = `model ${model.number}`;
  switch (event) {
    case 'shadow':
      return `let ${who} watch in shadow`;
    case 'canary':
      return `let ${who} answer for ${percent(share)}`;
    case 'all':
      return `put ${who} into production${replaced ? ` in place of model ${replaced.number}` : ''}`;
    case 'off':
      return `took ${who} back${note ? ` (${lowerFirst(note)})` : ''}`;
    case 'rollback':
      return `rolled back${replaced ? ` from model ${replaced.number}` : ''} to ${who}`;
  }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');

/** The one reason why nothing further is allowed; null where something is. */
export function standstill(rollout: Rollout): string | null {
  const forward = rollout.steps.filter(({ event }) => event !== 'off' && event !== 'rollback');
  if (forward.length === 0 || forward.some(({ allowed }) => allowed)) return null;
  return forward.find(({ event }) => event === 'all')?.reason ?? forward[0]?.reason ?? null;
}

/** "2 of 7 cameras: Gate, Yard." */
export function camerasText(rollout: Rollout): string | null {
  const ours = rollout.cameras.filter(({ answered }) => answered);
  if (rollout.cameras.length === 0) return null;
  const names = ours.map(({ name }) => name).join(', ');
  const head = `${count(ours.length)} of ${plural(rollout.cameras.length, 'camera')}`;
  return names ? `${head}: ${names}` : `${head}, so far only pictures without one`;
}

export const looks = (report: ShadowReport): number => report.pictures + report.frames;

/** "380 pictures, 40 live frames" without what there is none of. */
export function looksText({ pictures, frames }: ShadowReport): string {
  const parts = [pictures && plural(pictures, 'picture'), frames && plural(frames, 'live frame')];
  return parts.filter(Boolean).join(', ') || 'nothing yet';
}
