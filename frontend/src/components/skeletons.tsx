/** Grey shapes in the size of what is coming. */
import { Group, SimpleGrid, Skeleton, Stack } from '@mantine/core';

const range = (length: number) => Array.from({ length }, (_, index) => index);

export function TableSkeleton({ rows = 8, height = 36 }: { rows?: number; height?: number }) {
  return (
    <Stack gap={4} role="group" aria-busy="true" aria-label="Loading">
      {range(rows).map((row) => (
        <Skeleton key={row} height={height} radius="sm" />
      ))}
    </Stack>
  );
}

type CardsProps = { count?: number; height?: number; minWidth?: number };

export function CardsSkeleton({ count = 6, height = 140, minWidth = 260 }: CardsProps) {
  return (
    <SimpleGrid
      cols={{ base: 1 }}
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(${minWidth}px, 1fr))` }}
    >
      {range(count).map((card) => (
        <Skeleton key={card} height={height} radius="md" role="group" aria-busy="true" aria-label="Loading" />
      ))}
    </SimpleGrid>
  );
}

export function PageSkeleton() {
  return (
    <Stack gap="md" p="lg" role="group" aria-busy="true" aria-label="Loading">
      <Group justify="space-between">
        <Skeleton height={24} width={220} />
        <Skeleton height={32} width={120} />
      </Group>
      <TableSkeleton rows={6} />
    </Stack>
  );
}
