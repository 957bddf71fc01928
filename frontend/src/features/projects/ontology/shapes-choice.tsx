import { Button, Checkbox, Popover, Stack, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';

import { SHAPE_MARKS } from '@/components/shape-marks';
import css from '@/features/projects/ontology/ontology.module.css';
import { ontologyWords as words } from '@/features/projects/strings';
import type { Label, Shape } from '@/types/api';

const ABOUT: Record<Shape, string> = {
  box: 'A rectangle round one object, upright or turned',
  polygon: 'The outline of one object, with holes',
  mask: 'Painted with a brush, pixel by pixel',
  polyline: 'An open line: a lane, a crack, a cable',
  points: 'One or more spots',
  ellipse: 'A circle or an oval',
  cuboid: 'A box in space: its front and its back',
  skeleton: 'Named points that belong together: a person’s joints',
  track: 'One object through a video',
  tag: 'A word for the whole picture',
};
const ALL = Object.keys(ABOUT) as Shape[];
/** As many marks as fit; the rest is a number. */
const SHOWN = 4;

type Props = {
  label: Label;
  problem: string | undefined;
  readOnly: boolean;
  onChange: (shapes: Shape[]) => void;
};

/** Which shapes may carry a label. */
export function ShapesChoice({ label, problem, readOnly, onChange }: Props) {
  const chosen = ALL.filter((shape) => label.shapes.includes(shape));
  const names = chosen.map((shape) => SHAPE_MARKS[shape].name);
  const toggle = (shape: Shape, isOn: boolean) =>
    onChange(ALL.filter((each) => (each === shape ? isOn : label.shapes.includes(each))));
  return (
    <Popover position="bottom-start" shadow="md" trapFocus withRoles disabled={readOnly}>
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          px={8}
          fullWidth
          justify="space-between"
          disabled={readOnly && chosen.length === 0}
          aria-label={words.shapesOf(label.name || 'new label', names.join(', ') || words.noShape)}
          title={names.join(', ')}
          className={problem ? css.bad : undefined}
          rightSection={readOnly ? null : <IconChevronDown size={14} />}
        >
          {chosen.length === 0 && <Text size="sm">{words.noShape}</Text>}
          {chosen.length === 1 && <Text size="sm">{names[0]}</Text>}
          {chosen.length > 1 && (
            <span className={css.marks}>
              {chosen.slice(0, chosen.length > SHOWN + 1 ? SHOWN : SHOWN + 1).map((shape) => {
                const Mark = SHAPE_MARKS[shape].icon;
                return <Mark key={shape} size={16} stroke={1.6} aria-hidden />;
              })}
              {chosen.length > SHOWN + 1 && <Text size="xs">+{chosen.length - SHOWN}</Text>}
            </span>
          )}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={words.shapes}>
        <Stack gap={8}>
          {ALL.map((shape) => {
            const { icon: Mark, name } = SHAPE_MARKS[shape];
            return (
              <Checkbox
                key={shape}
                size="xs"
                checked={label.shapes.includes(shape)}
                onChange={(event) => toggle(shape, event.currentTarget.checked)}
                label={
                  <span className={css.shape}>
                    <Mark size={16} stroke={1.6} aria-hidden />
                    <span className={css.shapeName}>{name}</span>
                    <Text span size="xs" c="dimmed">
                      {ABOUT[shape]}
                    </Text>
                  </span>
                }
              />
            );
          })}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
