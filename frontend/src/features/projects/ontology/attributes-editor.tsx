import {
  ActionIcon,
  Button,
  Checkbox,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';

import { changeAttribute, newAttribute, type Problems } from '@/features/projects/ontology/draft';
import css from '@/features/projects/ontology/ontology.module.css';
import type { Attribute, AttributeType, Label } from '@/types/api';

const TYPES: { value: AttributeType; label: string }[] = [
  { value: 'select', label: 'one of' },
  { value: 'bool', label: 'yes or no' },
  { value: 'number', label: 'number' },
  { value: 'text', label: 'text' },
];

const NO_OPTIONS: Record<AttributeType, string> = {
  select: '',
  bool: 'a tick',
  number: 'any number',
  text: 'any words',
};

type Props = {
  label: Label;
  problems: Problems;
  readOnly: boolean;
  onChange: (attributes: Attribute[]) => void;
};

export function AttributesEditor({ label, problems, readOnly, onChange }: Props) {
  const change = (id: string | undefined, part: Partial<Attribute>) =>
    onChange(label.attributes.map((each) => (each.id === id ? changeAttribute(each, part) : each)));
  return (
    <Stack gap="xs">
      {label.attributes.length === 0 && (
        <Text size="sm" c="dimmed">
          Attributes are asked for each object of this label: a colour, a state, a number.
        </Text>
      )}
      {label.attributes.map((attribute) => {
        const field = `${label.id}.attributes.${attribute.id ?? ''}`;
        return (
          <div key={attribute.id} className={css.attribute}>
            <TextInput
              aria-label="Attribute name"
              placeholder="colour"
              value={attribute.name}
              disabled={readOnly}
              error={problems[`${field}.name`]}
              onChange={(event) => change(attribute.id, { name: event.currentTarget.value })}
            />
            <Select
              aria-label="Kind"
              data={TYPES}
              value={attribute.type}
              allowDeselect={false}
              disabled={readOnly}
              onChange={(type) => change(attribute.id, { type: (type ?? 'text') as AttributeType })}
            />
            {attribute.type === 'select' ? (
              <TagsInput
                aria-label="Options"
                placeholder="Type an option, then Enter"
                value={attribute.options ?? []}
                disabled={readOnly}
                error={problems[`${field}.options`]}
                onChange={(options) => change(attribute.id, { options })}
              />
            ) : (
              <span className={css.noOptions}>{NO_OPTIONS[attribute.type]}</span>
            )}
            <DefaultField
              attribute={attribute}
              readOnly={readOnly}
              problem={problems[`${field}.default`]}
              onChange={(preset) => change(attribute.id, { default: preset })}
            />
            <Checkbox
              label="required"
              mt={8}
              checked={attribute.required}
              disabled={readOnly}
              onChange={(event) => change(attribute.id, { required: event.currentTarget.checked })}
            />
            <ActionIcon
              mt={4}
              disabled={readOnly}
              aria-label={`Remove attribute ${attribute.name}`}
              onClick={() => onChange(label.attributes.filter((each) => each.id !== attribute.id))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </div>
        );
      })}
      {!readOnly && (
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={16} />}
            onClick={() => onChange([...label.attributes, newAttribute()])}
          >
            Add attribute
          </Button>
        </div>
      )}
    </Stack>
  );
}

type DefaultProps = {
  attribute: Attribute;
  readOnly: boolean;
  problem: string | undefined;
  onChange: (value: string | number | boolean | null) => void;
};

/** What a new object starts with; nothing, unless something is said here. */
function DefaultField({ attribute, readOnly, problem, onChange }: DefaultProps) {
  const { type, options, default: value } = attribute;
  const common = {
    'aria-label': `Default of ${attribute.name || 'new attribute'}`,
    placeholder: 'no default',
    disabled: readOnly,
    error: problem,
  };
  if (type === 'number') {
    return (
      <NumberInput
        {...common}
        hideControls
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      />
    );
  }
  if (type === 'text') {
    return (
      <TextInput
        {...common}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
    );
  }
  const data =
    type === 'bool'
      ? [
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]
      : (options ?? []);
  return (
    <Select
      {...common}
      clearable
      data={data}
      value={value === null || value === undefined ? null : String(value)}
      onChange={(next) => onChange(type === 'bool' && next !== null ? next === 'true' : next)}
    />
  );
}
