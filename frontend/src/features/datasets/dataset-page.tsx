import { Alert, Badge, Button, Card, Code, Group, Loader, Stack, Text } from '@mantine/core';
import { IconDownload, IconSparkles } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { datasetQuery, type Dataset } from '@/features/datasets/api';
import { ClassTable } from '@/features/datasets/class-table';
import { SPLITS, splitItems, warnings } from '@/features/datasets/counts';
import css from '@/features/datasets/datasets.module.css';
import { DiffSection } from '@/features/datasets/diff-section';
import { Items } from '@/features/datasets/items';
import { datasetWords as words, SPLIT_WORDS, STATE_COLORS, STATE_WORDS } from '@/features/datasets/strings';
import { ExportDialog } from '@/components/export-dialog';
import { ButtonLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { PageSkeleton } from '@/components/skeletons';
import { TimeAgo } from '@/components/time';
import { useMay } from '@/hooks/use-project';
import { useParam } from '@/hooks/use-param';
import { usePageTitle } from '@/hooks/use-page-title';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';

export default function DatasetPage() {
  const projectId = useParam('projectId');
  const version = useQuery(datasetQuery(projectId, useParam('datasetId')));
  usePageTitle(version.data ? `v${version.data.number}` : null);
  return (
    <QueryView query={version} skeleton={<PageSkeleton />}>
      {(data) => <Loaded projectId={projectId} version={data} />}
    </QueryView>
  );
}

function Loaded({ projectId, version }: { projectId: string; version: Dataset }) {
  const isFrozen = version.state === 'frozen';
  return (
    <PageFrame
      title={
        <Group gap="sm" component="span">
          Dataset v{version.number}
          <Badge variant="light" color={STATE_COLORS[version.state]} tt="none" fw={500}>
            {STATE_WORDS[version.state]}
          </Badge>
        </Group>
      }
      about={version.name}
      actions={isFrozen && <Actions projectId={projectId} version={version} />}
    >
      {version.state === 'freezing' && (
        <Group gap="sm">
          <Loader size="sm" />
          <Text size="sm">{words.freezing}</Text>
        </Group>
      )}
      {version.state === 'failed' && (
        <Alert color="red" variant="light" title={words.failed}>
          {version.error}
        </Alert>
      )}
      {isFrozen && <Frozen projectId={projectId} version={version} />}
    </PageFrame>
  );
}

function Actions({ projectId, version }: { projectId: string; version: Dataset }) {
  const isScientist = useMay(projectId, 'scientist');
  const [isExporting, setExporting] = useState(false);
  if (!isScientist) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} stroke={1.6} />}
        onClick={() => setExporting(true)}
      >
        {words.export}…
      </Button>
      <ButtonLink
        to={paths.models(projectId)}
        search={{ train: version.id } as never}
        leftSection={<IconSparkles size={16} stroke={1.6} />}
      >
        {words.train}…
      </ButtonLink>
      {isExporting && (
        <ExportDialog
          projectId={projectId}
          title={`Export v${version.number}`}
          about={words.exportAbout}
          of={{ dataset_version_id: version.id }}
          onClose={() => setExporting(false)}
        />
      )}
    </>
  );
}

function Frozen({ projectId, version }: { projectId: string; version: Dataset }) {
  const trouble = warnings(version);
  return (
    <Stack gap="lg">
      {trouble.length > 0 && (
        <Alert color="yellow" variant="light" py="xs">
          {trouble.map((each) => (
            <Text key={each} size="sm">
              {each}
            </Text>
          ))}
        </Alert>
      )}
      <Card>
        <Facts version={version} />
      </Card>
      <Section title={words.classes}>
        <ClassTable version={version} />
      </Section>
      <DiffSection projectId={projectId} version={version} />
      <Items projectId={projectId} version={version} />
    </Stack>
  );
}

function Facts({ version }: { version: Dataset }) {
  const { items, regions, groups, empty, splits } = version.counts;
  const cells: [string, string, string][] = [
    ['Pictures', count(items), `${count(empty ?? 0)} without objects`],
    ['Objects', count(regions), 'approved'],
    ...SPLITS.map((split): [string, string, string] => [
      SPLIT_WORDS[split],
      count(splitItems(version, split)),
      splits?.[split]?.blind ? `${count(splits[split].blind)} blind` : 'pictures',
    ]),
    ['Groups', count(groups), 'never split apart'],
  ];
  return (
    <Stack gap="md">
      <dl className={css.figures}>
        {cells.map(([name, value, note]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            <span>{note}</span>
          </div>
        ))}
      </dl>
      <Group gap="md" className={css.origin}>
        {version.frozen_at && (
          <Text size="xs" c="dimmed" component="span">
            Frozen <TimeAgo at={version.frozen_at} size="xs" span /> by{' '}
            {version.created_by_name || 'Siteloop'}
          </Text>
        )}
        <Text size="xs" c="dimmed" component="span">
          Fingerprint <Code className={css.hash}>{version.content_hash}</Code>
        </Text>
      </Group>
      {version.notes && (
        <Text size="sm" className={css.notes}>
          {version.notes}
        </Text>
      )}
    </Stack>
  );
}
