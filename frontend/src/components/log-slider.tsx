/** A slider for lengths in pixels that grow by ratio: half of the way is for the small ones that are used most. */
import { Slider } from '@mantine/core';
import type { HTMLAttributes } from 'react';

type Props = {
  name: string;
  /** The value in words, as a screen reader says it. */
  said: string;
  value: number;
  min: number;
  max: number;
  /** Values are rounded to this. */
  round: number;
  width: number;
  step: number;
  onChange: (value: number) => void;
};

export function LogSlider({ name, said, value, min, max, round, width, step, onChange }: Props) {
  const change = (at: number): void => {
    const exact = min * (max / min) ** at;
    onChange(Math.max(min, Number((Math.round(exact / round) * round).toFixed(3))));
  };
  return (
    <Slider
      size="xs"
      w={width}
      min={0}
      max={1}
      step={step}
      label={null}
      thumbLabel={name}
      thumbProps={{ 'aria-valuetext': said } as HTMLAttributes<HTMLDivElement>}
      value={Math.log(value / min) / Math.log(max / min)}
      onChange={change}
    />
  );
}
