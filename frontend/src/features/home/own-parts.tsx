import { Card, Table } from '@mantine/core';

import { useOwnPart, type OwnPart } from '@/features/home/api';
import { homeWords as words } from '@/features/home/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { dayName } from '@/lib/finish-words';
import { NONE } from '@/lib/numbers';
import { paths } from '@/lib/paths';

/** What is one's own by day, over all projects. Quiet where nothing is: the pictures themselves are below. */
export function OwnParts() {
  const { data = [] } = useOwnPart();
  if (data.length === 0) return null;
  return (
    <Section title={words.part} about={words.partAbout}>
      <Card padding={0}>
        <Table.ScrollContainer minWidth={480} type="native">
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>By</Table.Th>
                <Table.Th>Project</Table.Th>
                <Table.Th>Label</Table.Th>
                <Table.Th>Review</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((part) => (
                <PartRow key={`${part.project_id} ${part.day ?? ''}`} part={part} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
    </Section>
  );
}

function PartRow({ part }: { part: OwnPart }) {
  return (
    <Table.Tr>
      <Table.Td>{part.day ? dayName(part.day) : words.noDay}</Table.Td>
      <Table.Td>{part.project_name}</Table.Td>
      <Table.Td>
        {part.label > 0 ? (
          <TextLink to={paths.annotate(part.project_id)} size="sm">
            {words.toLabel(part.label)}
          </TextLink>
        ) : (
          NONE
        )}
      </Table.Td>
      <Table.Td>
        {part.review > 0 ? (
          <TextLink to={paths.review(part.project_id)} size="sm">
            {words.toReview(part.review)}
          </TextLink>
        ) : (
          NONE
        )}
      </Table.Td>
    </Table.Tr>
  );
}
