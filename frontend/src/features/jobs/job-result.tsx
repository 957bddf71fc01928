import { Card, List, Stack, Table, Text } from '@mantine/core';

import { resultFacts } from '@/features/jobs/result-facts';
import { jobWords as words } from '@/features/jobs/strings';
import { Section } from '@/components/page';
import { plural } from '@/lib/numbers';

const LINES_MAX = 50;

/** What a job came to, in words; nothing where it has nothing to tell. */
export function JobResult({ result }: { result: Record<string, unknown> }) {
  const facts = resultFacts(result);
  if (facts.length === 0) return null;
  const short = facts.filter((fact) => 'value' in fact);
  const listed = facts.filter((fact) => 'lines' in fact);
  return (
    <Section title={words.result}>
      <Card>
        <Stack gap="md" align="flex-start">
          {short.length > 0 && (
            <Table withRowBorders={false} verticalSpacing={4} w="auto">
              <Table.Tbody>
                {short.map(({ name, value }) => (
                  <Table.Tr key={name}>
                    <Table.Th fw={400} c="dimmed" pl={0}>
                      {name}
                    </Table.Th>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
          {listed.map(({ name, lines }) => (
            <div key={name}>
              <Text size="sm" c="dimmed">
                {name}
              </Text>
              <List size="sm" spacing={2}>
                {lines.slice(0, LINES_MAX).map((text, place) => (
                  <List.Item key={place} style={{ overflowWrap: 'anywhere' }}>
                    {text}
                  </List.Item>
                ))}
              </List>
              {lines.length > LINES_MAX && (
                <Text size="sm" c="dimmed">
                  {`and ${plural(lines.length - LINES_MAX, 'other')}`}
                </Text>
              )}
            </div>
          ))}
        </Stack>
      </Card>
    </Section>
  );
}
