import { Badge, Button, Card, Select, Table, Text, Tooltip } from '@mantine/core';
import { IconDatabase, IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { datasetsQuery, slicesQuery, type Dataset } from '@/features/datasets/api';
import { SPLITS, splitItems } from '@/features/datasets/counts';
import { datasetWords as words, SPLIT_WORDS, STATE_COLORS, STATE_WORDS } from '@/features/datasets/strings';
import { FreezeDialog } from '@/components/freeze-dialog';
import { TextLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useMay } from '@/hooks/use-project';
import { useParam } from '@/hooks/use-param';
import { count, NONE } from '@/lib/numbers';
import { paths } from '@/lib/paths';

export default function DatasetsPage() {
  const projectId = useParam('projectId');
  const datasets = useQuery(datasetsQuery(projectId));
  const isScientist = useMay(projectId, 'scientist');
  const [isFreezing, setFreezing] = useState(false);
  const freeze = isScientist && (
    <Button leftSection={<IconSnowflake size={16} stroke={1.6} />} onClick={() => setFreezing(true)}>
      {words.freeze}…
    </Button>
  );
  return (
    <PageFrame title={words.title} about={words.about} actions={freeze}>
      <QueryView
        query={datasets}
        skeleton={<TableSkeleton rows={5} height={52} />}
        isEmpty={({ results }) => results.length === 0}
        empty={
          <EmptyState title={words.none} icon={IconDatabase} action={freeze}>
            {words.noneWhy}
          </EmptyState>
        }
      >
        {({ results }) => <VersionTable projectId={projectId} versions={results} />}
      </QueryView>
      {isFreezing && <FreezeFrom projectId={projectId} onClose={() => setFreezing(false)} />}
    </PageFrame>
  );
}

const EVERYTHING = 'everything';

function FreezeFrom({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const { data: slices = [] } = useQuery(slicesQuery(projectId));
  const [from, setFrom] = useState(EVERYTHING);
  return (
    <FreezeDialog
      projectId={projectId}
      of={from === EVERYTHING ? { filters: {} } : { slice_id: from }}
      onClose={onClose}
    >
      <Select
        label={words.which}
        description={words.narrower}
        allowDeselect={false}
        data={[
          { value: EVERYTHING, label: words.everything },
          ...(slices.length > 0
            ? [{ group: words.slices, items: slices.map(({ id, name }) => ({ value: id, label: name })) }]
            : []),
        ]}
        value={from}
        onChange={(value) => setFrom(value ?? EVERYTHING)}
      />
    </FreezeDialog>
  );
}

function VersionTable({ projectId, versions }: { projectId: string; versions: Dataset[] }) {
  return (
    <Card padding={0}>
      <Table.ScrollContainer minWidth={720} type="native">
        <Table highlightOnHover verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Version</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Pictures</Table.Th>
              <Table.Th ta="right">Objects</Table.Th>
              {SPLITS.map((split) => (
                <Table.Th key={split} ta="right">
                  {SPLIT_WORDS[split]}
                </Table.Th>
              ))}
              <Table.Th>Fingerprint</Table.Th>
              <Table.Th>Made</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {versions.map((version) => (
              <Row key={version.id} projectId={projectId} version={version} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function Row({ projectId, version }: { projectId: string; version: Dataset }) {
  const isFrozen = version.state === 'frozen';
  return (
    <Table.Tr h={52}>
      <Table.Td maw={260}>
        <TextLink to={paths.dataset(projectId, version.id)} size="sm" fw={600} c="inherit">
          v{version.number}
        </TextLink>
        <Text size="xs" c="dimmed" truncate>
          {version.name || '\u00a0'}
        </Text>
      </Table.Td>
      <Table.Td>
        <Tooltip label={version.error} disabled={!version.error} multiline maw={320}>
          <Badge variant="light" color={STATE_COLORS[version.state]} tt="none" fw={500}>
            {STATE_WORDS[version.state]}
          </Badge>
        </Tooltip>
      </Table.Td>
      <Table.Td ta="right">{count(version.counts.items)}</Table.Td>
      <Table.Td ta="right">{count(version.counts.regions)}</Table.Td>
      {SPLITS.map((split) => (
        <Table.Td key={split} ta="right">
          {isFrozen ? count(splitItems(version, split)) : NONE}
        </Table.Td>
      ))}
      <Table.Td>
        <Text size="xs" ff="monospace" c="dimmed">
          {version.content_hash?.slice(0, 10) || NONE}
        </Text>
      </Table.Td>
      <Table.Td>
        <TimeAgo at={version.created_at} c="dimmed" />
        <Text size="xs" c="dimmed" truncate>
          {version.created_by_name}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
