import { Badge, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core';

import { calibrationEnd, calibrationRestore, type Calibration } from '@/features/calibration/api';
import { words } from '@/features/calibration/strings';
import { ConfirmButton } from '@/components/confirm-button';
import { Section } from '@/components/page';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';

type Props = {
  cameraId: string;
  versions: Calibration[];
  isManager: boolean;
  onShow: (version: Calibration) => void;
};

export function Versions({ cameraId, versions, isManager, onShow }: Props) {
  const makesOld = [['calibrations', cameraId]];
  const newest = versions[0]?.number ?? 0;
  const restore = useAction({
    run: (id: string) => calibrationRestore(id, newest),
    makesOld,
    done: (version) => `Restored as version ${version.number}`,
    onDone: onShow,
  });
  const end = useAction({ run: calibrationEnd, makesOld, done: 'This camera shows no metres any more' });
  if (versions.length === 0) return null;
  return (
    <Section title={words.versions}>
      <Table.ScrollContainer minWidth={560}>
        <Table fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Version</Table.Th>
              <Table.Th>Valid</Table.Th>
              <Table.Th>Off</Table.Th>
              <Table.Th>By</Table.Th>
              <Table.Th>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {versions.map((version) => (
              <Table.Tr key={version.id}>
                <Table.Td>{version.number}</Table.Td>
                <Table.Td>
                  <Group gap={6}>
                    <TimeAgo at={version.valid_from} size="sm" />
                    {version.valid_to ? (
                      <Text size="sm" c="dimmed">
                        until <TimeAgo at={version.valid_to} size="sm" />
                      </Text>
                    ) : (
                      <Badge color={version.doubted_at ? 'yellow' : 'teal'} variant="light">
                        {version.doubted_at ? 'in doubt' : 'holds now'}
                      </Badge>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td>{version.reprojection_cm.toFixed(1)} cm</Table.Td>
                <Table.Td>{version.created_by}</Table.Td>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <Button size="compact-sm" variant="subtle" onClick={() => onShow(version)}>
                      {words.show}
                    </Button>
                    {isManager && version.valid_to && (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        loading={restore.isPending && restore.variables === version.id}
                        onClick={() => restore.mutate(version.id)}
                      >
                        {words.restore}
                      </Button>
                    )}
                    {isManager && !version.valid_to && (
                      <ConfirmButton
                        size="compact-sm"
                        variant="subtle"
                        color="gray"
                        title={`End version ${version.number}?`}
                        verb="End it"
                        losing={words.endLosing}
                        onConfirm={() => end.mutateAsync(version.id)}
                      >
                        {words.end}
                      </ConfirmButton>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
