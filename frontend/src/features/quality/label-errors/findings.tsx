import { Button, Card, Group, SegmentedControl, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useKeys } from '@/hooks/use-keys';
import { paths } from '@/lib/paths';
import type { Project } from '@/types/api';

import type { Filters, Kind, ShownState, State } from './api';
import { Desk } from './desk';
import { labelErrorWords as words } from './strings';
import { useDesk, type Desk as DeskOf } from './use-desk';

const KINDS = Object.keys(words.kinds) as Kind[];
const STATES = Object.keys(words.states) as ShownState[];
const TAB = 'errors';

type Props = { project: Project; state: State };

/** What the newest look found, narrowed by what the address says. */
export function Findings({ project, state }: Props) {
  const { kind, label, state: shown = 'open' } = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const filters = { kind, label, state: shown };
  const set = (to: Filters) =>
    void navigate({
      to: paths.quality(project.id),
      search: { tab: TAB, ...filters, ...to },
      replace: true,
    });
  return (
    <Stack gap="sm">
      <FilterLine project={project} state={state} filters={filters} set={set} />
      <Decide key={JSON.stringify(filters)} project={project} state={state} filters={filters} set={set} />
    </Stack>
  );
}

type FilterProps = Props & { filters: Filters; set: (to: Filters) => void };

function FilterLine({ project, state, filters, set }: FilterProps) {
  const total = KINDS.reduce((sum, kind) => sum + state.counts[kind], 0);
  const isOpen = filters.state === 'open';
  const counted = (name: string, n: number) => (isOpen ? words.withCount(name, n) : name);
  return (
    <Group gap="xs" role="search" aria-label={words.kind}>
      <SegmentedControl
        size="xs"
        aria-label={words.kind}
        value={filters.kind ?? ''}
        onChange={(kind) => set({ kind: (kind || undefined) as Kind | undefined })}
        data={[
          { value: '', label: counted(words.all, total) },
          ...KINDS.map((kind) => ({ value: kind, label: counted(words.kinds[kind], state.counts[kind]) })),
        ]}
      />
      <Select
        size="xs"
        w={150}
        clearable
        aria-label={words.label}
        placeholder={words.allLabels}
        data={project.ontology.labels.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.label ?? null}
        onChange={(label) => set({ label: label ?? undefined })}
      />
      <Select
        size="xs"
        w={170}
        aria-label={words.state}
        allowDeselect={false}
        data={STATES.map((each) => ({
          value: each,
          label: words.withCount(words.states[each], state.states[each]),
        }))}
        value={filters.state ?? 'open'}
        onChange={(each) => each && set({ state: each as ShownState })}
      />
    </Group>
  );
}

function Decide({ project, state, filters, set }: FilterProps) {
  const desk = useDesk(project.id, filters);
  // Heard here, since nothing may be left to look at when the last decision is taken back.
  useKeys({ 'Ctrl+Z': () => void desk.takeBack() });
  return (
    <QueryView
      query={desk.query}
      skeleton={<Skeleton height={360} />}
      isEmpty={() => desk.findings.length === 0 && !desk.hasMore}
      empty={
        <Card>
          <Nothing state={state} filters={filters} set={set} desk={desk} />
        </Card>
      }
    >
      {() => (
        <>
          <Desk project={project} desk={desk} />
          <Line desk={desk} isOpen={filters.state === 'open'} />
        </>
      )}
    </QueryView>
  );
}

type NothingProps = { state: State; filters: Filters; set: (to: Filters) => void; desk: DeskOf };

function Nothing({ state, filters, set, desk }: NothingProps) {
  const isNarrowed = Boolean(filters.kind ?? filters.label) || filters.state !== 'open';
  const wasNothing = Object.values(state.states).every((n) => n === 0);
  if (isNarrowed && desk.decisions === 0) {
    return (
      <EmptyState
        icon={IconCircleCheck}
        title={words.noneFiltered}
        action={
          <Button variant="default" onClick={() => set({ kind: undefined, label: undefined, state: 'open' })}>
            {words.clear}
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={IconCircleCheck}
      title={wasNothing ? words.noneFound : words.none}
      action={
        desk.decisions > 0 && (
          <Button variant="default" onClick={() => void desk.takeBack()}>
            {words.undo}
          </Button>
        )
      }
    >
      {wasNothing ? words.noneFoundWhy : words.noneWhy}
    </EmptyState>
  );
}

function Line({ desk, isOpen }: { desk: DeskOf; isOpen: boolean }) {
  return (
    <Group gap="md" justify="space-between">
      <Group gap="sm">
        <Text size="xs" c="dimmed">
          {words.place(desk.at, desk.findings.length, desk.hasMore)}
        </Text>
        {desk.decisions > 0 && (
          <>
            <Text size="xs" c="dimmed" role="status">
              {words.decidedHere(desk.decisions)}
            </Text>
            <Button size="compact-xs" variant="default" onClick={() => void desk.takeBack()}>
              {words.undo}
            </Button>
          </>
        )}
      </Group>
      {isOpen && (
        <Text size="xs" c="dimmed" visibleFrom="sm">
          {words.keys}
        </Text>
      )}
    </Group>
  );
}
