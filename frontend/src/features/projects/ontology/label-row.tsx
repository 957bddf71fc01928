import { ActionIcon, Button, Chip, Group, TextInput, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronUp, IconTrash } from '@tabler/icons-react';
import { Fragment, useState } from 'react';

import { AttributesEditor } from '@/features/projects/ontology/attributes-editor';
import { NAME_MAX_CHARS, type Problems } from '@/features/projects/ontology/draft';
import { LabelColour } from '@/features/projects/ontology/label-colour';
import css from '@/features/projects/ontology/ontology.module.css';
import { plural } from '@/lib/numbers';
import type { Label, Shape } from '@/types/api';

const SHAPES: { value: Shape; name: string; about: string }[] = [
  { value: 'box', name: 'box', about: 'A rectangle around one object' },
  { value: 'polygon', name: 'outline', about: 'The outline of one object' },
  { value: 'track', name: 'track', about: 'One object through a video' },
  { value: 'tag', name: 'tag', about: 'A word for the whole picture' },
];

type LabelRowProps = {
  label: Label;
  problems: Problems;
  readOnly: boolean;
  isFirst: boolean;
  isLast: boolean;
  onChange: (change: Partial<Label>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
};

export function LabelRow({
  label,
  problems,
  readOnly,
  isFirst,
  isLast,
  onChange,
  onMove,
  onRemove,
}: LabelRowProps) {
  const [isOpen, setOpen] = useState(false);
  const name = label.name || 'new label';
  const Chevron = isOpen ? IconChevronUp : IconChevronDown;
  return (
    <Fragment>
      <div className={css.row} role="group" aria-label={name}>
        <Group gap={0} wrap="nowrap">
          <ActionIcon
            size={26}
            variant="transparent"
            disabled={readOnly || isFirst}
            onClick={() => onMove(-1)}
            aria-label={`Move ${name} up`}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
          <ActionIcon
            size={26}
            variant="transparent"
            disabled={readOnly || isLast}
            onClick={() => onMove(1)}
            aria-label={`Move ${name} down`}
          >
            <IconArrowDown size={14} />
          </ActionIcon>
        </Group>
        <LabelColour label={label} readOnly={readOnly} onChange={(color) => onChange({ color })} />
        <TextInput
          aria-label="Name"
          size="sm"
          value={label.name}
          maxLength={NAME_MAX_CHARS}
          disabled={readOnly}
          autoFocus={label.name === '' && !readOnly}
          error={problems[`${label.id}.name`]}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TextInput
          aria-label={`Key of ${name}`}
          value={label.shortcut}
          maxLength={1}
          disabled={readOnly}
          error={problems[`${label.id}.shortcut`] ? true : undefined}
          title={problems[`${label.id}.shortcut`]}
          onChange={(event) => onChange({ shortcut: event.currentTarget.value.trim().toLowerCase() })}
        />
        <Chip.Group
          multiple
          value={label.shapes}
          onChange={(shapes) => onChange({ shapes: shapes as Shape[] })}
        >
          <Group gap={4} wrap="nowrap" aria-label={`Shapes of ${name}`} role="group">
            {SHAPES.map((shape) => (
              <Tooltip key={shape.value} label={shape.about}>
                <Chip
                  value={shape.value}
                  size="xs"
                  variant="light"
                  icon={null}
                  disabled={readOnly}
                  styles={chipStyles}
                >
                  {shape.name}
                </Chip>
              </Tooltip>
            ))}
          </Group>
        </Chip.Group>
        <Button
          variant="subtle"
          color={hasAttributeProblem(label, problems) ? 'red' : 'gray'}
          size="compact-sm"
          rightSection={<Chevron size={14} />}
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
        >
          {label.attributes.length === 0 ? 'Attributes' : plural(label.attributes.length, 'attribute')}
        </Button>
        {!readOnly && (
          <ActionIcon onClick={onRemove} aria-label={`Remove ${name}`}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </div>
      {isOpen && (
        <AttributesEditor
          label={label}
          problems={problems}
          readOnly={readOnly}
          onChange={(attributes) => onChange({ attributes })}
        />
      )}
    </Fragment>
  );
}

const chipStyles = { label: { paddingInline: 8 }, iconWrapper: { display: 'none' } };

const hasAttributeProblem = (label: Label, problems: Problems) =>
  Object.keys(problems).some((field) => field.startsWith(`${label.id}.attributes`));
