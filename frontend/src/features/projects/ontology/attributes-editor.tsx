import { ActionIcon, Button, Checkbox, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';

import { newAttribute, type Problems } from '@/features/projects/ontology/draft';
import css from '@/features/projects/ontology/ontology.module.css';
import type { Attribute, AttributeType, Label } from '@/types/api';

const TYPES: { value: AttributeType; label: string }[] = [
  { value: 'select', label: 'one of' },
  { value: 'bool', label: 'yes or no' },
  { value: 'number', label: 'number' },
  { value: 'text', label: 'text' },
];

type Props = {
  label: Label;
  problems: Problems;
  readOnly: boolean;
  onChange: (attributes: Attribute[]) => void;
};

export function AttributesEditor({ label, problems, readOnly, onChange }: Props) {
  const change = (id: string | undefined, part: Partial<Attribute>) =>
    onChange(label.attributes.map((each) => (each.id === id ? { ...each, ...part } : each)));
  return (
    <Stack gap="xs" className={css.attributes}>
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
              onChange={(type) =>
                change(attribute.id, { type: (type ?? 'text') as AttributeType, default: null })
              }
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
              <span />
            )}
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
