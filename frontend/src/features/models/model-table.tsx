import { Card, Table, Text } from '@mantine/core';

import type { ModelRow } from '@/features/models/api';
import { StateChip, VerdictChip } from '@/features/models/chips';
import { blindFigure, gateFigures, signed } from '@/features/models/figures';
import { KIND_WORDS, modelWords as words, PROVIDER_WORDS } from '@/features/models/strings';
import { TextLink } from '@/components/links';
import { TimeAgo } from '@/components/time';
import { measureOf } from '@/lib/measures';
import { score } from '@/lib/numbers';
import { paths } from '@/lib/paths';

export function ModelTable({ projectId, models }: { projectId: string; models: ModelRow[] }) {
  return (
    <Card padding={0}>
      <Table.ScrollContainer minWidth={760} type="native">
        <Table highlightOnHover verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Learned from</Table.Th>
              <Table.Th ta="right">On blind pictures</Table.Th>
              <Table.Th ta="right">Against production</Table.Th>
              <Table.Th>Comparison</Table.Th>
              <Table.Th>Made</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {models.map((model) => (
              <Row key={model.id} projectId={projectId} model={model} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function Row({ projectId, model }: { projectId: string; model: ModelRow }) {
  const figure = blindFigure(model);
  const difference = model.gate ? gateFigures(model.gate).difference : null;
  return (
    <Table.Tr>
      <Table.Td maw={280}>
        <TextLink to={paths.model(projectId, model.id)} size="sm" fw={600} c="inherit">
          Model {model.number}
        </TextLink>
        <Text size="xs" c="dimmed" truncate>
          {model.name} · {KIND_WORDS[model.kind]}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateChip state={model.state} />
      </Table.Td>
      <Table.Td>
        {model.dataset_version_id ? (
          <TextLink to={paths.dataset(projectId, model.dataset_version_id)} size="sm">
            v{model.dataset_number}
          </TextLink>
        ) : (
          <Text size="sm" c="dimmed">
            {model.provider === 'siteloop' ? 'Shipped' : PROVIDER_WORDS[model.provider]}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        {figure === null ? (
          <Nothing>{words.notMeasured}</Nothing>
        ) : (
          <>
            <Text size="sm" fw={600}>
              {score(figure, 3)}
            </Text>
            <Text size="xs" c="dimmed">
              {measureOf(model.kind)}
            </Text>
          </>
        )}
      </Table.Td>
      <Table.Td ta="right">
        {difference ? (
          <>
            <Text size="sm">{signed(difference.value)}</Text>
            <Text size="xs" c="dimmed">
              {signed(difference.low)} … {signed(difference.high)}
            </Text>
          </>
        ) : (
          <Nothing>{model.gate ? words.noneThen : ''}</Nothing>
        )}
      </Table.Td>
      <Table.Td>
        <VerdictChip gate={model.gate} />
      </Table.Td>
      <Table.Td>
        <TimeAgo at={model.created_at} size="sm" c="dimmed" />
      </Table.Td>
    </Table.Tr>
  );
}

/** Why there is no figure, as quiet as its absence. */
function Nothing({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed">
      {children}
    </Text>
  );
}
