import { Button, Tooltip } from '@mantine/core';

type Props = { label: string; about: string; hint: string; onClick: () => void };

/** Something that can be done to what is selected. */
export function Verb({ label, about, hint, onClick }: Props) {
  return (
    <Tooltip label={hint ? `${about} (${hint})` : about}>
      <Button size="compact-xs" variant="default" onClick={onClick}>
        {label}
      </Button>
    </Tooltip>
  );
}
