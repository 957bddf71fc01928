import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';

import {
  feedNamesQuery,
  incidentsQuery,
  ruleNamesQuery,
  snapshotUrl,
  type Filters,
  type Incident,
} from '@/features/incidents/api';
import { figuresOf, lasted } from '@/features/incidents/figures';
import css from '@/features/incidents/incidents.module.css';
import { incidentWords as words } from '@/features/incidents/strings';
import { IncidentState } from '@/components/incident-state';
import { ButtonLink, PlainLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { SafetyTabs } from '@/components/safety-tabs';
import { SeverityBadge } from '@/components/severity-badge';
import { TableSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { TimeAgo } from '@/components/time';
import { useParam } from '@/hooks/use-param';
import { useSites } from '@/hooks/use-sites';
import { paths } from '@/lib/paths';

export default function IncidentsPage() {
  const projectId = useParam('projectId');
  const filters: Filters = useSearch({ strict: false });
  const list = useInfiniteQuery(incidentsQuery(projectId, filters));
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <PageFrame title={words.title} about={words.about}>
      <SafetyTabs projectId={projectId} value="incidents" />
      <FilterLine projectId={projectId} filters={filters} />
      <QueryView
        query={list}
        skeleton={<TableSkeleton rows={6} height={64} />}
        isEmpty={({ pages }) => pages.every(({ results }) => results.length === 0)}
        empty={
          <EmptyState
            icon={IconShieldCheck}
            title={isFiltered ? words.noneFiltered : words.none}
            action={!isFiltered && <ButtonLink to={paths.rules(projectId)}>{words.toRules}</ButtonLink>}
          >
            {isFiltered ? words.noneFilteredWhy : words.noneWhy}
          </EmptyState>
        }
      >
        {({ pages }) => (
          <Stack gap="xs">
            <ul className={css.list}>
              {pages.flatMap(({ results }) =>
                results.map((incident) => (
                  <IncidentRow key={incident.id} projectId={projectId} incident={incident} />
                )),
              )}
            </ul>
            {list.hasNextPage && (
              <Group justify="center">
                <Button
                  variant="default"
                  loading={list.isFetchingNextPage}
                  onClick={() => void list.fetchNextPage()}
                >
                  {words.more}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </QueryView>
    </PageFrame>
  );
}

function FilterLine({ projectId, filters }: { projectId: string; filters: Filters }) {
  const feeds = useQuery(feedNamesQuery(projectId)).data ?? [];
  const rules = useQuery(ruleNamesQuery(projectId)).data ?? [];
  const sites = useSites().data ?? [];
  const navigate = useNavigate();
  const set = (to: Partial<Filters>) =>
    void navigate({ to: paths.incidents(projectId), search: { ...filters, ...to }, replace: true });
  const choice = (name: string, key: keyof Filters, data: { value: string; label: string }[]) => (
    <Select
      aria-label={name}
      placeholder={name}
      clearable
      size="xs"
      w={150}
      data={data}
      value={filters[key] ?? null}
      onChange={(value) => set({ [key]: value ?? undefined })}
    />
  );
  return (
    <Group gap="xs" role="search" aria-label="Filters">
      {choice('State', 'state', [
        { value: 'open', label: 'Open now' },
        { value: 'unacknowledged', label: 'Not acknowledged' },
        { value: 'closed', label: 'Over' },
        { value: 'wrong', label: 'Marked as wrong' },
      ])}
      {choice('Severity', 'severity', [
        { value: 'high', label: 'High' },
        { value: 'medium', label: 'Medium' },
        { value: 'low', label: 'Low' },
      ])}
      {choice(
        'Site',
        'site',
        sites.map(({ id, name }) => ({ value: id, label: name })),
      )}
      {choice(
        'Camera',
        'feed',
        feeds.map(({ id, name }) => ({ value: id, label: name })),
      )}
      {choice(
        'Rule',
        'rule',
        rules.map(({ id, name, feed_name }) => ({ value: id, label: `${name} (${feed_name})` })),
      )}
    </Group>
  );
}

function IncidentRow({ projectId, incident }: { projectId: string; incident: Incident }) {
  return (
    <li>
      <PlainLink to={paths.incident(projectId, incident.id)} className={css.row}>
        {incident.has_snapshot ? (
          <img src={snapshotUrl(incident.id)} alt="" loading="lazy" className={css.thumb} />
        ) : (
          <span className={css.thumb} />
        )}
        <span className={css.what}>
          <Group gap="xs" component="span">
            <SeverityBadge severity={incident.severity} />
            <Text component="span" fw={600}>
              {incident.name}
            </Text>
            <IncidentState incident={incident} />
          </Group>
          <Text component="span" size="sm" c="dimmed">
            {[incident.site_name, incident.feed_name, lasted(incident)].filter(Boolean).join(' · ')}
            {figuresOf(incident)
              .slice(1)
              .map(({ name, value }) => ` · ${name.toLowerCase()} ${value}`)
              .join('')}
          </Text>
        </span>
        <TimeAgo at={incident.opened_at} size="sm" c="dimmed" />
      </PlainLink>
    </li>
  );
}
