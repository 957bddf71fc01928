/** What is known of one picture: facts, who labelled it when, and what looks the same. */
import { Group, Skeleton, Stack, Table, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { historyQuery, nearCopiesQuery, type AssetRow } from '@/features/data/api';
import css from '@/features/data/data.module.css';
import { dataWords as words, ISSUE_WORDS, REASON_WORDS } from '@/features/data/strings';
import { TimeAgo } from '@/components/time';
import { bytes, count, NONE, plural, score } from '@/lib/numbers';
import { duration } from '@/lib/time';
import type { Schemas } from '@/types/api';

type Asset = Schemas['AssetDetail'];
type Fact = [name: string, value: ReactNode];

export function AssetFacts({ asset, row }: { asset: Asset; row: AssetRow | undefined }) {
  const facts = factsOf(asset, row).filter(([, value]) => value !== null && value !== '');
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} layout="fixed">
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Td w={104} c="dimmed" className={css.factName}>
              {name}
            </Table.Td>
            <Table.Td className={css.factValue}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function factsOf(asset: Asset, row: AssetRow | undefined): Fact[] {
  const task = row?.task;
  return [
    ['Size', `${count(asset.width)} × ${count(asset.height)}, ${bytes(asset.size_bytes)}`],
    [
      'Length',
      asset.duration_s == null
        ? null
        : `${duration(asset.duration_s)}, ${plural(asset.frame_count ?? 0, 'frame')}`,
    ],
    ['Camera', asset.camera?.name ?? null],
    ['Site', asset.site?.name ?? null],
    ['Taken', asset.captured_at ? <TimeAgo at={asset.captured_at} /> : null],
    ['Added', <TimeAgo key="added" at={row?.created_at ?? asset.created_at} />],
    ['Group', asset.group_key],
    ['Why chosen', task?.selection_reason ? whyChosen(task) : null],
    ['Assigned to', task?.assigned_to_name ?? null],
    ['Objects', task ? count(task.region_count) : null],
    ['Suggested', task && !task.blind ? suggested(task) : null],
    ['Quality', quality(asset.quality)],
    ['Set aside', row?.excluded_at ? row.excluded_reason : null],
    ...Object.entries(asset.metadata).map(([key, value]): Fact => [key, String(value)]),
  ];
}

function whyChosen(task: NonNullable<AssetRow['task']>): ReactNode {
  const reason = REASON_WORDS[task.selection_reason];
  if (!task.selection_why) return reason;
  return (
    <>
      {reason}
      <Text size="xs" c="dimmed">
        {task.selection_why}
      </Text>
    </>
  );
}

function suggested(task: NonNullable<AssetRow['task']>): string {
  if (task.max_suggestion_score === null) return NONE;
  return `${count(task.open_suggestion_count)} open, best ${score(task.max_suggestion_score)}`;
}

function quality(found: Asset['quality']): string {
  const issues = Object.entries(ISSUE_WORDS)
    .filter(([key]) => found[key as 'dark' | 'blurred'])
    .map(([, name]) => name);
  const figures = [
    found.sharpness === undefined ? null : `sharpness ${count(found.sharpness)}`,
    found.brightness === undefined ? null : `brightness ${count(found.brightness)}`,
  ].filter(Boolean);
  return [...issues, ...figures].join(', ');
}

export function History({ projectId, taskId }: { projectId: string; taskId: string }) {
  const { data, isPending } = useQuery(historyQuery(projectId, taskId));
  if (isPending) return <Skeleton height={20} />;
  if (!data || data.results.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.noHistory}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {data.results.map((revision) => (
        <Group key={revision.id} justify="space-between" align="baseline" wrap="nowrap" gap="xs">
          <Text size="sm" lineClamp={3}>
            {revision.number}. {revision.author?.name ?? 'A rule'}: {plural(revision.region_count, 'object')}
            {verdictOf(revision)}
          </Text>
          <TimeAgo at={revision.created_at} size="xs" c="dimmed" flex="none" />
        </Group>
      ))}
    </Stack>
  );
}

function verdictOf({ decisions, pending }: Schemas['HistoryEntry']): string {
  const last = decisions.filter(({ undone_at }) => undone_at === null).at(-1);
  if (!last) return pending ? ', waits for review' : '';
  const who = last.reviewer?.name ? ` by ${last.reviewer.name}` : '';
  return last.verdict === 'approve' ? `, approved${who}` : `, returned${who}: ${last.reason}`;
}

type NearProps = { projectId: string; assetId: string; onOpen: (assetId: string) => void };

export function NearCopies({ projectId, assetId, onOpen }: NearProps) {
  const { data, isPending } = useQuery(nearCopiesQuery(projectId, assetId));
  if (isPending) return <Skeleton height={56} />;
  if (!data || data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.noNearCopies}
      </Text>
    );
  }
  return (
    <Group gap={6}>
      {data.map(({ asset, distance_bits, excluded_at }) => (
        <Tooltip
          key={asset.id}
          label={`${asset.name}: ${plural(distance_bits, 'bit')} apart${excluded_at ? ', set aside' : ''}`}
        >
          <UnstyledButton
            className={css.nearCopy}
            aria-label={`Open ${asset.name}`}
            onClick={() => onOpen(asset.id)}
          >
            {asset.thumbnail_url && <img src={asset.thumbnail_url} alt="" loading="lazy" />}
          </UnstyledButton>
        </Tooltip>
      ))}
    </Group>
  );
}
