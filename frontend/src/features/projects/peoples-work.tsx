import { Button, Card, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { workQuery } from '@/features/projects/api';
import { projectWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { count, plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const SHOWN_MAX = 8;

/** Pictures and saves by person, by name, to managers; to others their own. Quiet until somebody has done something. */
export function PeoplesWork({ projectId }: { projectId: string }) {
  const { data } = useQuery(workQuery(projectId));
  const [isWhole, setWhole] = useState(false);
  if (!data || data.people.length === 0) return null;
  const people = isWhole ? data.people : data.people.slice(0, SHOWN_MAX);
  const waiting = [
    data.returned > 0 && `${plural(data.returned, 'picture')} returned`,
    data.late > 0 && `${data.late} saved ${words.late}, for the reviewer to settle`,
  ].filter(Boolean);
  return (
    <Section title={words.work}>
      <Card padding={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Person</Table.Th>
              <Table.Th ta="right">Pictures</Table.Th>
              <Table.Th ta="right">Saves</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((person) => (
              <Table.Tr key={person.user_id}>
                <Table.Td>
                  <TextLink to={paths.person(projectId, person.user_id)} size="sm" c="inherit">
                    {person.name}
                  </TextLink>
                </Table.Td>
                <Table.Td ta="right">{count(person.tasks)}</Table.Td>
                <Table.Td ta="right">{count(person.revisions)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {people.length < data.people.length && (
          <Button variant="subtle" size="compact-sm" m="xs" onClick={() => setWhole(true)}>
            {words.everybody(data.people.length)}
          </Button>
        )}
        {waiting.length > 0 && (
          <Text size="xs" c="dimmed" px="md" py="xs">
            {waiting.join(' · ')}
          </Text>
        )}
      </Card>
    </Section>
  );
}
