/** Which settings of the view there are, and their ranges. */
import type { Display } from '@/canvas/render/scene';

type NamesOf<T> = {
  [K in keyof Display]: Display[K] extends T ? (T extends Display[K] ? K : never) : never;
}[keyof Display];

export const VIEW_SLIDERS: readonly { name: NamesOf<number>; min: number; max: number; step: number }[] = [
  { name: 'brightness', min: 0.2, max: 3, step: 0.05 },
  { name: 'contrast', min: 0.2, max: 3, step: 0.05 },
  { name: 'fill', min: 0, max: 1, step: 0.05 },
];

export const VIEW_SWITCHES: readonly NamesOf<boolean>[] = ['shapes', 'rulers', 'minimap', 'crosshair'];
export const CHANNELS: readonly Display['channel'][] = ['all', 'red', 'green', 'blue', 'grey'];
export const CHIPS: readonly Display['chips'][] = ['all', 'selected', 'none'];

export function sameView(a: Display, b: Display): boolean {
  return (Object.keys(a) as (keyof Display)[]).every((name) => a[name] === b[name]);
}

/** What was kept, over the defaults; a word that is no choice any more is left behind. */
export function soundView(defaults: Display, kept: Partial<Display>): Display {
  const view = { ...defaults, ...kept };
  return {
    ...view,
    channel: CHANNELS.includes(view.channel) ? view.channel : defaults.channel,
    chips: CHIPS.includes(view.chips) ? view.chips : defaults.chips,
  };
}
