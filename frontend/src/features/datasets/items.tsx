import { Button, Center, SegmentedControl, Skeleton, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { itemsQuery, type Dataset, type Split } from '@/features/datasets/api';
import { SPLITS, splitItems } from '@/features/datasets/counts';
import css from '@/features/datasets/datasets.module.css';
import { datasetWords as words, SPLIT_WORDS } from '@/features/datasets/strings';
import { PlainLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';

/** The pictures of the version, by split. */
export function Items({ projectId, version }: { projectId: string; version: Dataset }) {
  const [split, setSplit] = useState<Split | ''>('');
  const items = useInfiniteQuery(itemsQuery(projectId, version.id, split));
  const rows = items.data?.pages.flatMap(({ results }) => results) ?? [];
  return (
    <Section
      title={words.pictures}
      actions={
        <SegmentedControl
          aria-label="Split"
          size="xs"
          data={[
            { value: '', label: `All ${count(version.counts.items)}` },
            ...SPLITS.map((each) => ({
              value: each,
              label: `${SPLIT_WORDS[each]} ${count(splitItems(version, each))}`,
            })),
          ]}
          value={split}
          onChange={(value) => setSplit(value as Split | '')}
        />
      }
    >
      <QueryView query={items} skeleton={<ItemsSkeleton />}>
        {() => (
          <div className={css.items}>
            {rows.map((item) => (
              <Thumb
                key={item.id}
                projectId={projectId}
                assetId={item.gone ? null : item.asset_id}
                name={item.name}
                note={[item.split, item.blind ? words.blindNote : ''].filter(Boolean).join(', ')}
                isCaptioned
              />
            ))}
          </div>
        )}
      </QueryView>
      {items.hasNextPage && (
        <Center>
          <Button
            variant="default"
            loading={items.isFetchingNextPage}
            onClick={() => void items.fetchNextPage()}
          >
            More pictures
          </Button>
        </Center>
      )}
    </Section>
  );
}

function ItemsSkeleton() {
  return (
    <div className={css.items} role="group" aria-busy="true" aria-label="Loading">
      {Array.from({ length: 18 }, (_, at) => (
        <Skeleton key={at} className={css.thumbPicture} />
      ))}
    </div>
  );
}

type ThumbProps = {
  projectId: string;
  /** Null where the picture was deleted since. */
  assetId: string | null;
  name: string;
  note: string;
  isCaptioned?: boolean;
};

/** A picture of a version, leading to it on the data page. */
export function Thumb({ projectId, assetId, name, note, isCaptioned = false }: ThumbProps) {
  if (!assetId) {
    return (
      <Tooltip label={words.gone}>
        <div className={css.thumb}>
          <div className={css.thumbPicture}>
            <IconTrash size={18} stroke={1.4} aria-label={words.gone} />
          </div>
          {isCaptioned && <span className={css.thumbNote}>{note}</span>}
        </div>
      </Tooltip>
    );
  }
  return (
    <Tooltip label={`${name} · ${note}`}>
      <PlainLink
        to={paths.data(projectId)}
        search={{ asset: assetId } as never}
        className={css.thumb}
        aria-label={name}
      >
        <div className={css.thumbPicture}>
          <img src={`/api/v1/assets/${assetId}/thumbnail`} alt="" loading="lazy" decoding="async" />
        </div>
        {isCaptioned && <span className={css.thumbNote}>{note}</span>}
      </PlainLink>
    </Tooltip>
  );
}
