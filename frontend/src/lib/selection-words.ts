/** How pictures are chosen to be labelled, in the words that several pages use. */
import type { ProjectSettings } from '@/types/api';

export type Strategy = NonNullable<ProjectSettings['strategy']>;

export const STRATEGY_WORDS: Record<Strategy, string> = {
  hybrid: 'Hybrid (best in most projects)',
  random: 'Random',
  typical: 'Typical',
  margin: 'Least sure of the best answer (margin)',
  entropy: 'Least sure of all answers (entropy)',
  coreset: 'Most unlike what is labelled (k-centre)',
  badge: 'Would teach most, and varied (BADGE)',
};

export const STRATEGY_ABOUT: Record<Strategy, string> = {
  hybrid: 'Typical pictures while labels are few, then those the model doubts, spread over what they show.',
  random: 'Every picture has the same chance: the yardstick for the others.',
  typical:
    'The picture at the heart of each group of pictures alike. Needs no model that knows anything yet.',
  margin: 'Where the best two answers are close.',
  entropy: 'Where many answers are likely. Weak while labels are few.',
  coreset: 'Always the picture farthest from all that is labelled; also finds odd ones out.',
  badge: 'Doubt and variety in one. Strong from a few hundred labels on.',
};

export const strategies = (Object.keys(STRATEGY_WORDS) as Strategy[]).map((value) => ({
  value,
  label: STRATEGY_WORDS[value],
}));
