import { count } from '@/lib/numbers';

export const videoWords = {
  timeline: 'Timeline',
  play: 'Play',
  pause: 'Pause',
  frame: (n: number, total: number) => `${count(n)} / ${count(total)}`,
  stepBack: 'Previous frame',
  stepOn: 'Next frame',
  noTracks: 'No tracks yet',
  unknownLabel: 'unknown label',
};
