import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronUp, IconTrash } from '@tabler/icons-react';
import { Fragment, useState } from 'react';

import { AttributesEditor } from '@/features/projects/ontology/attributes-editor';
import { NAME_MAX_CHARS, type Problems } from '@/features/projects/ontology/draft';
import { LabelColour } from '@/features/projects/ontology/label-colour';
import css from '@/features/projects/ontology/ontology.module.css';
import { ShapesChoice } from '@/features/projects/ontology/shapes-choice';
import { SkeletonEditor } from '@/features/projects/ontology/skeleton-editor';
import { ontologyWords as words } from '@/features/projects/strings';
import { plural } from '@/lib/numbers';
import type { Label } from '@/types/api';

type LabelRowProps = {
  label: Label;
  savedPoints: number;
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
  savedPoints,
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
        <ShapesChoice
          label={label}
          problem={problems[`${label.id}.shapes`]}
          readOnly={readOnly}
          onChange={(shapes) => {
            onChange({ shapes });
            // Its points must be placed before it can be saved: that is the next thing to do.
            if (shapes.includes('skeleton') && !label.skeleton) setOpen(true);
          }}
        />
        <Button
          variant="subtle"
          color={hasProblemInside(label, problems) ? 'red' : 'gray'}
          size="compact-sm"
          rightSection={<Chevron size={14} />}
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
        >
          {label.attributes.length === 0 ? words.details : plural(label.attributes.length, 'attribute')}
        </Button>
        {!readOnly && (
          <ActionIcon onClick={onRemove} aria-label={`Remove ${name}`}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </div>
      {isOpen && (
        <Stack gap="lg" className={css.inside}>
          <AttributesEditor
            label={label}
            problems={problems}
            readOnly={readOnly}
            onChange={(attributes) => onChange({ attributes })}
          />
          {label.shapes.includes('skeleton') && (
            <SkeletonEditor
              label={label}
              savedPoints={savedPoints}
              problem={problems[`${label.id}.skeleton`]}
              readOnly={readOnly}
              onChange={(skeleton) => onChange({ skeleton })}
            />
          )}
        </Stack>
      )}
    </Fragment>
  );
}

const hasProblemInside = (label: Label, problems: Problems) =>
  Object.keys(problems).some(
    (field) => field.startsWith(`${label.id}.attributes`) || field === `${label.id}.skeleton`,
  );
