import { Card, Table, Text } from '@mantine/core';

import type { LearningState } from '@/features/learning/api';
import { learningWords as words } from '@/features/learning/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { capitalised, measureOf } from '@/lib/measures';
import { count, NONE, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

/** What each model learned from, what it reached, and how far it says the same as the one before. */
export function Rounds({ projectId, state }: { projectId: string; state: LearningState }) {
  return (
    <Section title={words.rounds} about={words.roundsAbout}>
      <Card padding={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th ta="right">Pictures</Table.Th>
              <Table.Th ta="right">{capitalised(measureOf(state.kind))}</Table.Th>
              <Table.Th ta="right">{words.kappa}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {state.rounds.map((round) => (
              <Table.Tr key={round.model_id}>
                <Table.Td>
                  <TextLink to={paths.model(projectId, round.model_id)} size="sm">
                    {round.number}
                  </TextLink>
                </Table.Td>
                <Table.Td ta="right">{count(round.labels)}</Table.Td>
                <Table.Td ta="right">{score(round.score, 3)}</Table.Td>
                <Table.Td ta="right">
                  {round.kappa === null ? (
                    NONE
                  ) : (
                    <Text size="sm" span title={`Cohen's kappa on ${count(round.compared)} pictures`}>
                      {score(round.kappa, 3)}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
    </Section>
  );
}
