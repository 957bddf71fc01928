import { ColorPicker, ColorSwatch, Popover, UnstyledButton } from '@mantine/core';

import css from '@/features/projects/ontology/ontology.module.css';
import { LABEL_PALETTE } from '@/lib/label-palette';
import type { Label } from '@/types/api';

/** A label's colour; chosen from a colour-blind-safe set, or freely. */
export function LabelColour({
  label,
  readOnly,
  onChange,
}: {
  label: Label;
  readOnly: boolean;
  onChange: (color: string) => void;
}) {
  return (
    <Popover position="bottom-start" shadow="md" disabled={readOnly}>
      <Popover.Target>
        <UnstyledButton
          aria-label={`Colour of ${label.name || 'new label'}: ${label.color}`}
          className={css.swatch}
        >
          <ColorSwatch color={label.color} size={24} radius={6} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ColorPicker
          format="hex"
          value={label.color}
          onChange={onChange}
          swatches={LABEL_PALETTE}
          swatchesPerRow={5}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
