import { Button, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { cameraDelete, siteFeedsQuery, type Camera } from '@/features/sites/api';
import { CameraDialog } from '@/features/sites/camera-dialog';
import { PrivacyDialog } from '@/features/sites/privacy-dialog';
import { cameraWords, privacyWords } from '@/features/sites/strings';
import { ConfirmButton } from '@/components/confirm-button';
import { ButtonLink, TextLink } from '@/components/links';
import { StackedTable } from '@/components/stacked-table';
import { useAction } from '@/hooks/use-action';
import { SITES_KEY } from '@/hooks/use-sites';
import { paths } from '@/lib/paths';

export function CameraTable({ cameras, isManager }: { cameras: Camera[]; isManager: boolean }) {
  return (
    // Names and actions side by side need this much.
    <StackedTable minWidth={760} columns={1} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="28%">{cameraWords.camera}</Table.Th>
          <Table.Th w="24%">{cameraWords.live}</Table.Th>
          <Table.Th>{cameraWords.notes}</Table.Th>
          <Table.Th w={338}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {cameras.map((camera) => (
          <CameraRow key={camera.id} camera={camera} isManager={isManager} />
        ))}
      </Table.Tbody>
    </StackedTable>
  );
}

function CameraRow({ camera, isManager }: { camera: Camera; isManager: boolean }) {
  const [open, setOpen] = useState<'edit' | 'privacy' | null>(null);
  const remove = useAction({
    run: () => cameraDelete(camera.id),
    makesOld: [SITES_KEY],
    done: `${camera.name} was removed`,
    errors: 'inline',
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={550} truncate>
          {camera.name}
        </Text>
      </Table.Td>
      <Table.Td data-name={cameraWords.live}>
        <FeedLinks camera={camera} />
      </Table.Td>
      <Table.Td data-name={cameraWords.notes}>
        {camera.notes && (
          <Text size="sm" c="dimmed" lineClamp={2}>
            {camera.notes}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {isManager && (
          <Group gap={4} justify="flex-end">
            <ButtonLink
              size="compact-sm"
              variant="subtle"
              color="gray"
              to={paths.calibrateCamera(camera.id)}
              aria-label={`Calibrate ${camera.name}`}
            >
              Calibrate
            </ButtonLink>
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setOpen('privacy')}>
              {privacyWords.open}
            </Button>
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setOpen('edit')}>
              Edit
            </Button>
            <ConfirmButton
              size="compact-sm"
              variant="subtle"
              color="gray"
              title={`Remove ${camera.name}?`}
              verb="Remove camera"
              losing="Its pictures stay in their projects; live feeds of this camera lose their place. The camera itself cannot be brought back."
              onConfirm={() => remove.mutateAsync()}
            >
              Remove…
            </ConfirmButton>
          </Group>
        )}
        {open === 'edit' && (
          <CameraDialog siteId={camera.site_id} camera={camera} onClose={() => setOpen(null)} />
        )}
        {open === 'privacy' && <PrivacyDialog camera={camera} onClose={() => setOpen(null)} />}
      </Table.Td>
    </Table.Tr>
  );
}

/** The pages of the feeds that watch with this camera. */
function FeedLinks({ camera }: { camera: Camera }) {
  const feeds = useQuery(siteFeedsQuery(camera.site_id)).data?.filter(
    ({ camera_id }) => camera_id === camera.id,
  );
  if (!feeds?.length) return null;
  return (
    <Group gap="xs">
      {feeds.map(({ id, project_id, name }) => (
        <TextLink key={id} size="sm" to={paths.camera(project_id, id)}>
          {name}
        </TextLink>
      ))}
    </Group>
  );
}
