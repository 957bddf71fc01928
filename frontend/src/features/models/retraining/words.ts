/** What training anew by itself says on the screen. */
import type { RetrainState } from '@/features/models/api';
import { plural } from '@/lib/numbers';

export const retrainWords = {
  title: 'Training anew by itself',
  about: 'Freezes the approved labels and trains on them. A person still decides what goes into production.',
  off: 'Off: trainings are started by hand.',
  change: 'Change…',
  dialog: 'When to train anew',
  enabled: 'Train anew by itself',
  labels: 'Newly approved pictures',
  labelsAbout: 'Counted from the labels of the last training. Empty: not by labels.',
  days: 'Days',
  daysAbout: 'After so many days, once something new was approved. Empty: not by the clock.',
  drift: 'When what it is shown has drifted',
  driftAbout: 'Once for each camera, and once something new was approved. See Learning, Drift.',
  minutes: 'CPU minutes',
  inYourName: 'Trainings start in your name from then on.',
  save: 'Save',
  stale: 'Somebody else changed this in between. Close, look again, then change what you need.',
  history: 'What it started',
  job: 'Training',
} as const;

export const REASON_WORDS = { labels: 'New labels', schedule: 'Schedule', drift: 'Drift' } as const;
export const TRIGGER_WORDS = {
  freezing: 'Freezing labels',
  training: 'Training',
  done: 'Trained',
  failed: 'Came to nothing',
} as const;
export const TRIGGER_COLORS = { freezing: 'blue', training: 'blue', done: 'teal', failed: 'red' } as const;

/** "After 50 newly approved pictures, or every 7 days. 10 CPU minutes each." */
export function policyText({
  enabled,
  new_labels,
  every_days,
  on_drift,
  minutes,
}: RetrainState['policy']): string {
  if (!enabled) return retrainWords.off;
  const parts = [
    new_labels && `after ${plural(new_labels, 'newly approved picture')}`,
    every_days && `every ${every_days === 1 ? 'day' : `${every_days} days`}`,
    on_drift && 'when what it is shown has drifted',
  ].filter(Boolean);
  const text = parts.join(', or ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}. ${plural(minutes, 'CPU minute')} each.`;
}

/** What a number field holds as the API takes it: empty is off. */
export const orNull = (value: number | string): number | null => (typeof value === 'number' ? value : null);
