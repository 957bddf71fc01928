import { Select, Text, type SelectProps } from '@mantine/core';

import { ROLE_MEANING, ROLES, type Role } from '@/lib/roles';

type Props = Omit<SelectProps, 'data' | 'value' | 'onChange'> & {
  value: Role | '';
  /** Nobody gives more than they hold. */
  upTo?: string;
  /** What the empty role means here, where it may be chosen. */
  emptyLabel?: string;
  onChange: (role: Role | '') => void;
};

/** A role with what it may do, in words. */
export function RoleSelect({ value, upTo, emptyLabel, onChange, ...select }: Props) {
  const highest = upTo === undefined ? ROLES.length - 1 : ROLES.indexOf(upTo as Role);
  const roles = ROLES.filter((role, rank) => rank <= highest || role === value);
  return (
    <Select
      {...select}
      data={[
        ...(emptyLabel === undefined ? [] : [{ value: '', label: emptyLabel }]),
        ...roles.map((role) => ({ value: role, label: role })),
      ]}
      value={value}
      allowDeselect={false}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
      onChange={(role) => onChange((role ?? '') as Role | '')}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          {option.value && (
            <Text size="xs" c="dimmed">
              {ROLE_MEANING[option.value as Role]}
            </Text>
          )}
        </div>
      )}
    />
  );
}
