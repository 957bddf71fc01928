import { Card, SimpleGrid, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';

import type { Home } from '@/features/home/api';
import css from '@/features/home/home.module.css';
import { PlainLink } from '@/components/links';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import type { Overview } from '@/types/api';

/** The three answers to "what should I do now". */
export function WorkTiles({ home }: { home: Home }) {
  const most = (pick: (overview: Overview) => number) =>
    [...home.projects].sort((a, b) => pick(b.overview) - pick(a.overview))[0];
  const labelIn = most((overview) => overview.ready);
  const reviewIn = most((overview) => overview.in_review);
  if (!labelIn || !reviewIn) return null;
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing={{ base: 'xs', sm: 'md' }}>
      <Tile
        to={paths.annotate(labelIn.id)}
        value={home.to_label}
        name="to label"
        go="Label the next picture"
        isMain
      />
      <Tile
        to={paths.review(reviewIn.id)}
        value={home.to_review}
        name="to review"
        go="Open the review queue"
      />
      <Tile to={paths.work()} value={home.returned} name="returned to you" go="See the reasons" />
    </SimpleGrid>
  );
}

type TileProps = { to: string; value: number; name: string; go: string; isMain?: boolean };

function Tile({ to, value, name, go, isMain = false }: TileProps) {
  return (
    <Card component={PlainLink} to={to} className={css.tile} data-main={(isMain && value > 0) || undefined}>
      <Text component="span" className={css.number} data-zero={value === 0 || undefined}>
        {count(value)}
      </Text>
      <Text component="span" fw={550}>
        {name}
      </Text>
      <Text component="span" size="sm" c="dimmed" className={css.go}>
        {go}
        <IconArrowRight size={14} aria-hidden />
      </Text>
    </Card>
  );
}
