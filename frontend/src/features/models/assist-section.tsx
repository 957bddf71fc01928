import { Alert, Badge, Button, Card, Code, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { allEmbed, allRefine, checkpointsQuery, type Checkpoint } from '@/features/models/api';
import {
  CHECKPOINT_COLORS,
  CHECKPOINT_WORDS,
  modelWords as words,
  PURPOSE_WORDS,
} from '@/features/models/strings';
import classes from '@/features/models/models.module.css';
import { Section } from '@/components/page';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { bytes, count, NONE } from '@/lib/numbers';

/** What answers a click here: which checkpoints the server has, and work on all pictures at once. */
export function AssistSection({ projectId }: { projectId: string }) {
  const isReviewer = useMay(projectId, 'reviewer');
  const isManager = useMay(projectId, 'manager');
  const checkpoints = useQuery({ ...checkpointsQuery, enabled: isManager, retry: false });
  const list = checkpoints.data?.checkpoints ?? [];
  const isServing = list.some(({ active }) => active);
  const embed = useAction({
    run: () => allEmbed(projectId),
    makesOld: [['jobs'], ['assist-checkpoints']],
    done: words.embedStarted,
  });
  const refine = useAction({
    run: () => allRefine(projectId),
    makesOld: [['jobs']],
    done: words.refineStarted,
  });
  if (!isReviewer) return null;
  return (
    <Section
      title={words.assist}
      about={isServing ? words.assistBySam : words.assistByNetwork}
      actions={
        <>
          <Button size="xs" variant="default" loading={refine.isPending} onClick={() => refine.mutate()}>
            {words.refineAll}
          </Button>
          {isServing && (
            <Button size="xs" variant="default" loading={embed.isPending} onClick={() => embed.mutate()}>
              {words.embedAll}
            </Button>
          )}
        </>
      }
    >
      {checkpoints.data && (
        <Card>
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {words.checkpointsAbout} <Code>{checkpoints.data.folder}</Code>
            </Text>
            <CheckpointTable checkpoints={list} />
            <Text size="sm" c="dimmed">
              {words.checkpointAdd} <Code>{words.weightsCommand}</Code>
            </Text>
          </Stack>
        </Card>
      )}
    </Section>
  );
}

function CheckpointTable({ checkpoints }: { checkpoints: Checkpoint[] }) {
  return (
    <Table.ScrollContainer minWidth={860} type="native">
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Checkpoint</Table.Th>
            <Table.Th>For</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="right">File</Table.Th>
            <Table.Th ta="right">A picture takes</Table.Th>
            <Table.Th ta="right">Encoded pictures</Table.Th>
            <Table.Th>On the server</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {checkpoints.map((row) => (
            <CheckpointRow key={row.file} row={row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function CheckpointRow({ row }: { row: Checkpoint }) {
  const isThere = row.state !== 'absent';
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Text size="sm" fw={600}>
            {row.name}
          </Text>
          <Text size="xs" c="dimmed">
            {row.about ||
              [row.file, row.purpose === 'detect' ? row.architecture : ''].filter(Boolean).join(' · ')}
          </Text>
        </Table.Td>
        <Table.Td>
          <Text size="sm" className={classes.oneLine}>
            {PURPOSE_WORDS[row.purpose]}
          </Text>
        </Table.Td>
        <Table.Td>
          <Badge variant="light" color={CHECKPOINT_COLORS[row.state]} tt="none" fw={500} miw="max-content">
            {row.active ? words.serves : CHECKPOINT_WORDS[row.state]}
          </Badge>
        </Table.Td>
        <Table.Td ta="right" className={classes.oneLine}>
          {bytes(row.bytes)}
        </Table.Td>
        <Table.Td ta="right">
          {row.encode_seconds === null ? NONE : `${row.encode_seconds.toFixed(1)} s`}
        </Table.Td>
        <Table.Td ta="right">
          {isThere && row.purpose === 'assist'
            ? `${count(row.embeddings)} · ${bytes(row.embeddings_bytes)}`
            : NONE}
        </Table.Td>
        <Table.Td>
          <Code>{row.command}</Code>
        </Table.Td>
      </Table.Tr>
      {row.error && (
        <Table.Tr>
          <Table.Td colSpan={7}>
            <Alert color="red" variant="light" py={6}>
              {row.error}
            </Alert>
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
