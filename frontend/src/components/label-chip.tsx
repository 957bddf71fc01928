import { Badge, ColorSwatch, Group, Kbd } from '@mantine/core';

type Props = { name: string; color: string; shortcut?: string };

/** A label as it looks everywhere: its colour as a dot, so that the words keep their contrast. */
export function LabelChip({ name, color, shortcut }: Props) {
  return (
    <Badge
      variant="default"
      size="md"
      tt="none"
      fw={500}
      leftSection={<ColorSwatch color={color} size={10} withShadow={false} />}
      rightSection={shortcut ? <Kbd size="xs">{shortcut}</Kbd> : undefined}
    >
      {name}
    </Badge>
  );
}

export function LabelChips({ labels }: { labels: Props[] }) {
  return (
    <Group gap={4}>
      {labels.map((label) => (
        <LabelChip key={label.name} {...label} />
      ))}
    </Group>
  );
}
