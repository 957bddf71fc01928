import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';

import type { AttributeValue } from '@/canvas/document/model';

import { annotateWords } from '../strings';
import type { SharedAttribute } from '../work/shared-attributes';
import { attributeWords as words } from './strings';

type Props = {
  shared: SharedAttribute;
  isSeveral: boolean;
  isOff: boolean;
  /** The frame shown is not seen: what is there stays, and nothing is taken. */
  isCovered: boolean;
  onChange: (value: AttributeValue) => void;
};

/** One attribute of one or several objects. */
export function AttributeField({ shared, isSeveral, isOff, isCovered, onChange }: Props) {
  const { attribute, value, isMixed, lacking } = shared;
  const { name, required, type, options } = attribute;
  const common = {
    size: 'xs' as const,
    label: name,
    disabled: isOff,
    readOnly: isCovered,
    withAsterisk: required,
    error: lacking > 0 && (isSeveral ? words.lackingSeveral(lacking) : words.lacking),
  };
  const placeholder = isMixed ? words.mixed : undefined;
  switch (type) {
    case 'bool':
      return (
        <Checkbox
          size="xs"
          label={isMixed ? `${name} (${words.mixed})` : name}
          disabled={isOff}
          // A box knows no "read only"; the editor refuses its click, and says why.
          aria-disabled={isCovered || undefined}
          checked={value === true}
          indeterminate={isMixed}
          onChange={(event) => onChange(isMixed || event.currentTarget.checked)}
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          placeholder={placeholder ?? annotateWords.choose}
          clearable={!required}
          data={options ?? []}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          placeholder={placeholder}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => {
            const said = typeof next === 'number' ? next : null;
            if (said !== value) onChange(said);
          }}
        />
      );
    default:
      return (
        <TextField
          common={common}
          placeholder={placeholder}
          value={typeof value === 'string' ? value : ''}
          onChange={(text) => onChange(text || null)}
        />
      );
  }
}

type TextProps = {
  common: { readOnly: boolean };
  placeholder: string | undefined;
  value: string;
  onChange: (text: string) => void;
};

/** Written when it is left or Enter is pressed: each letter would be a step of history. */
function TextField({ common, placeholder, value, onChange }: TextProps) {
  /** What is being typed; null while nobody types. */
  const [text, setText] = useState<string | null>(null);
  const done = () => {
    if (text !== null && text.trim() !== value) onChange(text.trim());
    setText(null);
  };
  return (
    <TextInput
      {...common}
      placeholder={placeholder}
      value={text ?? value}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        // Left unsaid now it would be lost.
        if (event.key === 'Enter' && !common.readOnly) event.currentTarget.blur();
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}
