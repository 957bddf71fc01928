import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';

import type { AttributeValue } from '@/canvas/document/model';

import { annotateWords } from '../strings';
import type { SharedAttribute } from '../work/shared-attributes';
import { attributeWords as words } from './strings';

type Props = {
  shared: SharedAttribute;
  isSeveral: boolean;
  isOff: boolean;
  /** The frame shown is not seen: what is there stays, and nothing is begun. */
  isCovered: boolean;
  /** The frame on the canvas now; null of a picture. */
  frameShown: () => number | null;
  /** Where what is typed will hold from, in words, when it was begun on `begunOn`; null where that needs no words. */
  holdsFrom: (begunOn: number | null) => string | null;
  /** Chosen by a press. */
  onChange: (value: AttributeValue) => void;
  /** Typed, begun on that frame. */
  onWrite: (value: AttributeValue, begunOn: number | null) => void;
};

/** One attribute of one or several objects. */
export function AttributeField(props: Props) {
  const { shared, isSeveral, isOff, isCovered, onChange } = props;
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
      return <NumberField {...props} common={common} placeholder={placeholder} />;
    default:
      return <TextField {...props} common={common} placeholder={placeholder} />;
  }
}

type TypedProps = Props & { common: { readOnly: boolean }; placeholder: string | undefined };

function TextField(props: TypedProps) {
  const { value } = props.shared;
  const field = useTyped(props, typeof value === 'string' ? value : '', (text) => text.trim() || null);
  return (
    <TextInput
      {...props.common}
      {...field.common}
      placeholder={props.placeholder}
      onChange={(event) => field.type(event.currentTarget.value)}
    />
  );
}

function NumberField(props: TypedProps) {
  const { value } = props.shared;
  const field = useTyped<number | string>(props, typeof value === 'number' ? value : '', numberOf);
  return (
    <NumberInput
      {...props.common}
      {...field.common}
      placeholder={props.placeholder}
      onChange={(next) => next !== field.common.value && field.type(next)}
    />
  );
}

/** Nothing empties the field; a minus or a point alone is no number yet, and says nothing. */
function numberOf(typed: number | string): number | null | undefined {
  if (typed === '') return null;
  return Number.isFinite(Number(typed)) ? Number(typed) : undefined;
}

/**
 * What is typed is written when the field is left, Enter is pressed, or another selection takes its place: each letter
 * would be a step of history. It belongs to the frame on which it was begun, however many were stepped since, and goes
 * on under a stand-in, which only keeps it from being begun.
 */
function useTyped<T>(props: TypedProps, value: T, said: (typed: T) => AttributeValue | undefined) {
  const { shared, common, frameShown, holdsFrom, onWrite } = props;
  /** null while nobody types. */
  const [typed, setTyped] = useState<{ what: T; before: AttributeValue; begunOn: number | null } | null>(
    null,
  );
  const write = () => {
    const now = typed ? said(typed.what) : undefined;
    if (typed && now !== undefined && now !== typed.before) onWrite(now, typed.begunOn);
  };
  const latest = useRef(write);
  useEffect(() => {
    latest.current = write;
  });
  // A field that is taken away is never left.
  useEffect(() => () => latest.current(), []);
  const forget = () => {
    latest.current = () => undefined;
    setTyped(null);
  };
  return {
    type: (what: T) =>
      setTyped((was) => ({ before: shared.value ?? null, begunOn: frameShown(), ...was, what })),
    common: {
      value: typed ? typed.what : value,
      readOnly: common.readOnly && typed === null,
      description: typed && holdsFrom(typed.begunOn),
      onBlur: () => {
        write();
        forget();
      },
      onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') forget();
      },
    },
  };
}
