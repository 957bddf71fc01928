import { Card, Group, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { datasetsQuery, diffQuery, type Dataset, type Diff } from '@/features/datasets/api';
import { Thumb } from '@/features/datasets/items';
import css from '@/features/datasets/datasets.module.css';
import { datasetWords as words } from '@/features/datasets/strings';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { count } from '@/lib/numbers';

const LISTED = 24;

/** This version against another one: the one before it, unless another is chosen. */
export function DiffSection({ projectId, version }: { projectId: string; version: Dataset }) {
  const { data } = useQuery(datasetsQuery(projectId));
  const others = data?.results.filter(({ id, state }) => id !== version.id && state === 'frozen') ?? [];
  const before = others.find(({ number }) => number < version.number) ?? others[0];
  const [chosen, setChosen] = useState<string | null>(null);
  const other = others.find(({ id }) => id === chosen) ?? before;
  if (!other) return null;
  return (
    <Section
      title={words.compare}
      actions={
        <Group gap="xs" wrap="nowrap">
          <Text size="sm" c="dimmed">
            since
          </Text>
          <Select
            aria-label={words.compareWith}
            size="xs"
            w={180}
            allowDeselect={false}
            data={others.map(({ id, number, name }) => ({
              value: id,
              label: [`v${number}`, name].filter(Boolean).join(' · '),
            }))}
            value={other.id}
            onChange={setChosen}
          />
        </Group>
      }
    >
      <Changes projectId={projectId} fromId={other.id} toId={version.id} />
    </Section>
  );
}

function Changes({ projectId, fromId, toId }: { projectId: string; fromId: string; toId: string }) {
  const diff = useQuery(diffQuery(projectId, fromId, toId));
  return (
    <QueryView query={diff} skeleton={<CardsSkeleton count={3} height={120} />}>
      {(data) => <DiffView projectId={projectId} diff={data} />}
    </QueryView>
  );
}

type Kind = 'added' | 'removed' | 'changed';
const KINDS: [Kind, string][] = [
  ['added', 'Added'],
  ['removed', 'Removed'],
  ['changed', 'Changed'],
];

function DiffView({ projectId, diff }: { projectId: string; diff: Diff }) {
  const { added, removed, changed, unchanged } = diff.counts;
  if (added + removed + changed === 0) {
    return (
      <Card>
        <Text size="sm" c="dimmed">
          {words.noChange}
        </Text>
      </Card>
    );
  }
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm" style={{ alignItems: 'start' }}>
        {KINDS.map(([kind, name]) => (
          <Card key={kind} padding="sm">
            <Text size="sm" fw={600} mb="xs">
              {name}: {count(diff.counts[kind])}
            </Text>
            <div className={css.small}>
              {diff[kind].slice(0, LISTED).map((item, at) => (
                <Thumb
                  key={item.asset_id ?? at}
                  projectId={projectId}
                  assetId={item.asset_id}
                  name={item.name}
                  note={noteOf(item)}
                />
              ))}
            </div>
            {diff.counts[kind] > LISTED && (
              <Text size="xs" c="dimmed" mt="xs">
                and {count(diff.counts[kind] - LISTED)} more
              </Text>
            )}
          </Card>
        ))}
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {count(unchanged)} unchanged
      </Text>
    </Stack>
  );
}

function noteOf(item: Diff['changed'][number]): string {
  const moved =
    item.split_before && item.split_before !== item.split ? `moved from ${item.split_before}` : '';
  return [item.split, item.labels_changed ? 'labels changed' : '', moved].filter(Boolean).join(', ');
}
