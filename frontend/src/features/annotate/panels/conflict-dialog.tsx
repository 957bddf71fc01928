import { Button, Group, Modal, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';

import type { WireRegion } from '@/canvas/document/wire';
import type { Label } from '@/types/api';

import type { Choice, Conflict } from '../saving/merge';
import { annotateWords as words } from '../strings';
import { Preview } from './conflict-preview';

type Props = {
  conflicts: readonly Conflict[];
  labels: ReadonlyMap<string, Label>;
  picture: CanvasImageSource | null;
  onResolve: (choices: ReadonlyMap<string, Choice>) => void;
};

/** Two saves of one picture: what clashes is shown side by side and chosen object by object. */
export function ConflictDialog({ conflicts, labels, picture, onResolve }: Props) {
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const choose = (id: string, choice: Choice) => setChoices(new Map(choices).set(id, choice));
  const all = (choice: Choice) => setChoices(new Map(conflicts.map((each) => [each.id, choice])));
  const nameOf = (row: WireRegion | null) =>
    row ? (labels.get(row.label_id)?.name ?? words.unknownLabel) : words.deleted;
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={words.conflictTitle} size="lg">
      <Stack gap="sm">
        <Text size="sm">{words.conflictAbout(conflicts.length)}</Text>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => all('theirs')}>
            {words.useAll(words.theirs)}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => all('mine')}>
            {words.useAll(words.mine)}
          </Button>
        </Group>
        <Table>
          <Table.Tbody>
            {conflicts.map(({ id, mine, theirs }) => (
              <Table.Tr key={id}>
                <Table.Td w={110}>
                  <Preview mine={mine} theirs={theirs} picture={picture} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm">
                    {words.theirs}: {nameOf(theirs)}
                  </Text>
                  <Text size="sm">
                    {words.mine}: {nameOf(mine)}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  <SegmentedControl
                    size="xs"
                    aria-label={nameOf(mine ?? theirs)}
                    value={choices.get(id) ?? 'theirs'}
                    onChange={(value) => choose(id, value as Choice)}
                    data={[
                      { value: 'theirs', label: words.theirs },
                      { value: 'mine', label: words.mine },
                      ...(mine && theirs ? [{ value: 'both', label: words.both }] : []),
                    ]}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Group justify="end">
          <Button onClick={() => onResolve(choices)}>{words.mergeNow}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
