import { Button, Group, Text } from '@mantine/core';

type Props = { hidden: boolean; disabled: boolean; loading: boolean; onClick: () => void };

export function SaveButton({ hidden, ...button }: Props) {
  if (hidden) return <Text size="sm">Only managers change this.</Text>;
  return (
    <Group>
      <Button {...button}>Save</Button>
    </Group>
  );
}
