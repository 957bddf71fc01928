import { Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconRulerMeasure } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { feedQuery, feedSetCamera, type Feed } from '@/features/calibration/api';
import { CameraFloor } from '@/features/calibration/camera-floor';
import { words } from '@/features/calibration/strings';
import { FormError } from '@/components/form-error';
import { ButtonLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useAction } from '@/hooks/use-action';
import { useParam } from '@/hooks/use-param';
import { useMay } from '@/hooks/use-project';
import { useSites } from '@/hooks/use-sites';
import { paths } from '@/lib/paths';

/** Reached from a feed's tile. */
export default function FeedCalibrationPage() {
  const feed = useQuery(feedQuery(useParam('feedId')));
  return (
    <QueryView query={feed} skeleton={<Skeleton height={420} m="lg" />}>
      {(found) =>
        found.camera_id ? (
          <CameraFloor cameraId={found.camera_id} feedId={found.id} />
        ) : (
          <PageFrame title={words.title} about={found.name}>
            <ChooseCamera feed={found} />
          </PageFrame>
        )
      }
    </QueryView>
  );
}

function ChooseCamera({ feed }: { feed: Feed }) {
  const isManager = useMay(feed.project_id, 'manager');
  const { data: sites = [] } = useSites();
  const [cameraId, setCameraId] = useState<string | null>(null);
  const choose = useAction({
    run: (id: string) => feedSetCamera(feed, id),
    makesOld: [
      ['feed', feed.id],
      ['feeds', feed.project_id],
    ],
    errors: 'inline',
  });
  const groups = sites
    .filter(({ cameras }) => cameras.length > 0)
    .map(({ name, cameras }) => ({
      group: name,
      items: cameras.map((camera) => ({ value: camera.id, label: camera.name })),
    }));
  return (
    <EmptyState
      icon={IconRulerMeasure}
      title={words.noCamera}
      action={
        isManager &&
        (groups.length === 0 ? (
          <Stack gap="xs" align="center">
            <Text size="sm">{words.noCameras}</Text>
            <ButtonLink to={paths.sites()}>{words.toSites}</ButtonLink>
          </Stack>
        ) : (
          <Stack gap="xs">
            <FormError error={choose.error} fields={[]} />
            <Group align="flex-end" gap="xs">
              <Select label={words.camera} data={groups} value={cameraId} searchable onChange={setCameraId} />
              <Button
                disabled={!cameraId}
                loading={choose.isPending}
                onClick={() => cameraId && choose.mutate(cameraId)}
              >
                {words.useCamera}
              </Button>
            </Group>
          </Stack>
        ))
      }
    >
      {words.noCameraWhy}
    </EmptyState>
  );
}
