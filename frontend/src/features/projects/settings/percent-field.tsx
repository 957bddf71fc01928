import { NumberInput } from '@mantine/core';

/** Descriptions of unlike length side by side: below their fields, so that labels and fields stay in line. */
export const BELOW: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
];

type Props = {
  label: string;
  description: string;
  /** Of 100. */
  max?: number;
  disabled: boolean;
  /** A share, 0 to 1. */
  share: number | undefined;
  onShare: (share: number) => void;
};

/** A share that people set in whole percents. */
export function PercentField({ label, description, max = 100, disabled, share, onShare }: Props) {
  return (
    <NumberInput
      label={label}
      description={description}
      inputWrapperOrder={BELOW}
      min={0}
      max={max}
      allowDecimal={false}
      disabled={disabled}
      value={Math.round((share ?? 0) * 100)}
      onChange={(value) => onShare(Math.min(max, Number(value) || 0) / 100)}
    />
  );
}
