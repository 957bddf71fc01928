import { Alert, Button, Card, Group, List, Progress, Stack, Table, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';

import { Section } from '@/components/page';
import { FigureCells, StackedTable } from '@/components/stacked-table';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { dayName } from '@/lib/finish-words';
import { count, NONE, plural } from '@/lib/numbers';

import { planApply, planDrop, planningQuery, type Plan } from './api';
import { filled, howGood } from './figures';
import { planningWords as words } from './strings';

/** The newest plan by person, with what it leaves undone; to apply or throw away, or what came of applying it. */
export function Proposal({ projectId, plan, isNew }: { projectId: string; plan: Plan; isNew: boolean }) {
  const isOpen = plan.state === 'proposed';
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isNew) place.current?.scrollIntoView({ block: 'nearest' });
  }, [isNew]);
  return (
    <div ref={place}>
      <Section
        title={isOpen ? words.proposal : words.applied}
        about={words.span(dayName(plan.first_day), dayName(plan.last_day))}
      >
        <Stack gap="sm">
          {!isOpen && <Outcome plan={plan} />}
          <People plan={plan} />
          {hasTurns(plan) && (
            <Text size="xs" c="dimmed">
              {howGood(plan)}
            </Text>
          )}
          {isOpen && plan.late > 0 && <Text size="sm">{words.late(plan.late)}</Text>}
          {plan.left_out > 0 && <Text size="sm">{words.leftOut(plan.left_out)}</Text>}
          <Undone plan={plan} />
          {isOpen && <Decide projectId={projectId} plan={plan} />}
        </Stack>
      </Section>
    </div>
  );
}

const hasTurns = (plan: Plan) => plan.people.some((person) => person.label + person.review > 0);

function Decide({ projectId, plan }: { projectId: string; plan: Plan }) {
  const makesOld = [planningQuery(projectId).queryKey, ['tasks', projectId], ['own-part'], ['home']];
  const apply = useAction({
    run: () => planApply(plan.id),
    makesOld,
    done: ({ given, refused }) => words.done(given, refused),
  });
  const drop = useAction({ run: () => planDrop(plan.id), makesOld, done: words.dropped });
  return (
    <Group gap="sm">
      {hasTurns(plan) && (
        <Button loading={apply.isPending} disabled={drop.isPending} onClick={() => apply.mutate()}>
          {words.apply}
        </Button>
      )}
      <Button
        variant="default"
        loading={drop.isPending}
        disabled={apply.isPending}
        onClick={() => drop.mutate()}
      >
        {words.drop}
      </Button>
      {hasTurns(plan) && (
        <Text size="xs" c="dimmed">
          {words.applyAbout}
        </Text>
      )}
    </Group>
  );
}

function Outcome({ plan }: { plan: Plan }) {
  return (
    <>
      <Group gap={6}>
        <Text size="sm">{words.given(plan.given)}</Text>
        {plan.decided_at && <TimeAgo at={plan.decided_at} c="dimmed" />}
        <Text size="sm" c="dimmed">
          {words.by(plan.decided_by)}
        </Text>
      </Group>
      {plan.refused > 0 && (
        <Alert color="yellow" variant="light" py="xs" title={words.refused(plan.refused)}>
          <List size="sm" spacing={2}>
            {plan.refusals.map((row) => (
              <List.Item key={`${row.picture} ${row.name}`}>
                {row.picture}, for {row.name}: {row.reason}
              </List.Item>
            ))}
            {plan.refused > plan.refusals.length && (
              <List.Item>{words.more(plan.refused - plan.refusals.length)}</List.Item>
            )}
          </List>
        </Alert>
      )}
    </>
  );
}

function People({ plan }: { plan: Plan }) {
  if (plan.people.length === 0) return <Text size="sm">{words.empty}</Text>;
  return (
    <Card padding={0}>
      <StackedTable minWidth={500} columns={3}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.person}</Table.Th>
            <Table.Th ta="right">{words.label}</Table.Th>
            <Table.Th ta="right">{words.review}</Table.Th>
            <Table.Th w={320}>{words.time}</Table.Th>
            <Table.Th>{words.until}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {plan.people.map((person) => (
            <PersonRow key={person.user_id} person={person} />
          ))}
        </Table.Tbody>
      </StackedTable>
    </Card>
  );
}

function PersonRow({ person }: { person: Plan['people'][number] }) {
  const [had, added] = filled(person);
  return (
    <Table.Tr>
      <Table.Td>{person.name}</Table.Td>
      <FigureCells
        figures={{
          [words.label]: person.label ? count(person.label) : NONE,
          [words.review]: person.review ? count(person.review) : NONE,
        }}
      />
      <Table.Td data-wide>
        <Progress.Root size="sm">
          <Progress.Section value={had * 100} color="gray" aria-label={words.barHad(person.name)} />
          <Progress.Section value={added * 100} aria-label={words.barPlanned(person.name)} />
        </Progress.Root>
        <Text size="xs" c="dimmed" mt={2}>
          {words.timeOf(person.planned, person.in_hand, person.minutes)}
        </Text>
      </Table.Td>
      <Table.Td data-name={words.until}>{person.until ? dayName(person.until) : NONE}</Table.Td>
    </Table.Tr>
  );
}

function Undone({ plan }: { plan: Plan }) {
  if (plan.undone.length === 0) return null;
  return (
    <Alert
      color="yellow"
      variant="light"
      py="xs"
      title={`${words.undone}: ${plural(
        plan.undone.reduce((sum, each) => sum + each.turns, 0),
        'picture',
      )}`}
    >
      <Stack gap="xs">
        {plan.undone.map((each) => (
          <Text size="sm" key={`${each.kind} ${each.words}`}>
            {each.words} <b>{each.help}</b>
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}
