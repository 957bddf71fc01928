/** Which settings of the view there are, and their ranges. */
import { percent } from '@/lib/numbers';

export type ViewSlider = 'brightness' | 'contrast' | 'fill';
export type ViewSwitch = 'shapes' | 'rulers' | 'minimap' | 'crosshair';

const signed = (value: number): string => percent(value);

export const VIEW_SLIDERS: readonly {
  name: ViewSlider;
  min: number;
  max: number;
  step: number;
  said: (value: number) => string;
}[] = [
  { name: 'brightness', min: 0.2, max: 3, step: 0.05, said: signed },
  { name: 'contrast', min: 0.2, max: 3, step: 0.05, said: signed },
  { name: 'fill', min: 0, max: 1, step: 0.05, said: percent },
];

export const VIEW_SWITCHES: readonly ViewSwitch[] = ['shapes', 'rulers', 'minimap', 'crosshair'];

export function sameView(a: object, b: object): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
