import { Alert, Badge, Card, MultiSelect, NumberInput, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { StackedTable } from '@/components/stacked-table';
import { useAction } from '@/hooks/use-action';
import { useProject } from '@/hooks/use-project';
import { NONE } from '@/lib/numbers';
import { paths } from '@/lib/paths';

import { capacitySet, planningQuery, type Capacity, type Person } from './api';
import { labelsOf } from './figures';
import { planningWords as words } from './strings';

const DAY_MINUTES = 24 * 60;

/** Everybody who may label here: how long a day, and for which labels. */
export function PeopleTable({ projectId, people }: { projectId: string; people: Person[] }) {
  const allowsOwn = useProject(projectId).data?.settings.allow_self_review ?? true;
  const idle = people.every((person) => person.minutes_per_day === 0);
  return (
    <Section title={words.people} about={words.peopleAbout}>
      {idle && (
        <Alert color="yellow" variant="light" py="xs" title={words.noTime}>
          {words.noTimeWhy}
        </Alert>
      )}
      {people.length === 1 && !allowsOwn && (
        <Alert color="gray" variant="light" py="xs" title={words.alone}>
          {words.aloneWhy}{' '}
          <TextLink to={paths.projectSettings(projectId)} size="sm">
            {words.toSettings}
          </TextLink>
        </Alert>
      )}
      <Card padding={0}>
        <StackedTable minWidth={720} columns={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.person}</Table.Th>
              <Table.Th w={150}>{words.minutes}</Table.Th>
              <Table.Th>{words.labels}</Table.Th>
              <Table.Th w={170}>{words.hand}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              // Mounted anew for every version, so that what somebody else saved is shown.
              <PersonRow key={`${person.user_id} ${person.version}`} projectId={projectId} person={person} />
            ))}
          </Table.Tbody>
        </StackedTable>
      </Card>
    </Section>
  );
}

function PersonRow({ projectId, person }: { projectId: string; person: Person }) {
  const cache = useQueryClient();
  const labels = useProject(projectId).data?.ontology.labels ?? [];
  const [minutes, setMinutes] = useState<number | string>(person.minutes_per_day);
  const [chosen, setChosen] = useState(person.label_ids ?? []);
  const query = planningQuery(projectId);
  const save = useAction({
    run: (body: Capacity) => capacitySet(projectId, person, body),
    done: words.saved(person.name),
    errors: 'inline',
    onDone: (saved) =>
      cache.setQueryData(
        query.queryKey,
        (page) =>
          page && {
            ...page,
            people: page.people.map((each) => (each.user_id === saved.user_id ? saved : each)),
          },
      ),
  });
  const keep = () => {
    const body = {
      minutes_per_day: typeof minutes === 'number' ? minutes : person.minutes_per_day,
      label_ids: labelsOf(
        chosen,
        labels.map(({ id }) => id),
      ),
    };
    const isSame =
      body.minutes_per_day === person.minutes_per_day &&
      JSON.stringify([...(body.label_ids ?? [])].sort()) ===
        JSON.stringify([...(person.label_ids ?? [])].sort());
    if (typeof minutes !== 'number') setMinutes(person.minutes_per_day);
    if (!isSame && !save.isPending) {
      save.mutate(body, {
        onError: (error) => {
          if (error.isStale) void cache.invalidateQueries({ queryKey: query.queryKey });
        },
      });
    }
  };
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to={paths.person(projectId, person.user_id)} size="sm" c="inherit">
          {person.name}
        </TextLink>
        <Text size="xs" c="dimmed">
          {person.role}
        </Text>
        {person.is_paused && (
          <Badge color="yellow" variant="light" size="sm" tt="none" autoContrast>
            {words.paused}
          </Badge>
        )}
      </Table.Td>
      <Table.Td data-name={words.minutes}>
        <NumberInput
          aria-label={words.minutesOf(person.name)}
          size="xs"
          w={110}
          min={0}
          max={DAY_MINUTES}
          step={30}
          allowDecimal={false}
          clampBehavior="strict"
          value={minutes}
          onChange={setMinutes}
          onBlur={keep}
          onKeyDown={(event) => event.key === 'Enter' && keep()}
          error={save.error ? (save.error.isStale ? words.staleTitle : save.error.message) : undefined}
        />
      </Table.Td>
      <Table.Td miw={220} data-wide data-name={words.labels}>
        <MultiSelect
          aria-label={words.labelsOf(person.name)}
          size="xs"
          placeholder={chosen.length === 0 ? words.allLabels : undefined}
          searchable
          clearable
          data={labels.map(({ id, name }) => ({ value: id, label: name }))}
          value={chosen}
          onChange={setChosen}
          onBlur={keep}
          onDropdownClose={keep}
        />
      </Table.Td>
      <Table.Td data-name={words.hand}>
        <Text size="sm">
          {person.in_hand > 0 ? words.inHand(person.in_hand, person.in_hand_minutes) : NONE}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
