import { Skeleton } from '@mantine/core';
import { IconVideoOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { cameraFeedsQuery, versionsQuery, type Calibration, type Feed } from '@/features/calibration/api';
import { Editor } from '@/features/calibration/editor';
import { words } from '@/features/calibration/strings';
import { Versions } from '@/features/calibration/versions';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useOrganisation } from '@/hooks/use-session';
import { useSites } from '@/hooks/use-sites';
import { atLeast } from '@/lib/roles';

type Props = { cameraId: string; feedId?: string };

/** One camera's floor: what was placed, what it means, and every version of it. */
export function CameraFloor({ cameraId, feedId }: Props) {
  const versions = useQuery(versionsQuery(cameraId));
  const feeds = useQuery(cameraFeedsQuery(cameraId));
  const { data: sites = [] } = useSites();
  const site = sites.find(({ cameras }) => cameras.some(({ id }) => id === cameraId));
  const camera = site?.cameras.find(({ id }) => id === cameraId);
  const about = camera ? `${site?.name} · ${camera.name}. ${words.about}` : words.about;
  return (
    <PageFrame title={words.title} about={about}>
      <QueryView query={versions} skeleton={<Skeleton height={420} />}>
        {(list) => (
          <QueryView query={feeds} skeleton={<Skeleton height={420} />}>
            {(shown) => <Floor cameraId={cameraId} feedId={feedId} versions={list} feeds={shown} />}
          </QueryView>
        )}
      </QueryView>
    </PageFrame>
  );
}

function Floor({ cameraId, feedId, versions, feeds }: Props & { versions: Calibration[]; feeds: Feed[] }) {
  const isManager = atLeast(useOrganisation()?.role, 'manager');
  const current = versions.find(({ valid_to }) => valid_to === null);
  const [shown, setShown] = useState<Calibration | undefined>(current ?? versions[0]);
  if (feeds.length === 0 && versions.length === 0)
    return (
      <EmptyState icon={IconVideoOff} title={words.noFeed}>
        {words.noFeedWhy}
      </EmptyState>
    );
  return (
    <>
      <Editor
        key={shown?.id ?? 'new'}
        cameraId={cameraId}
        feeds={feeds}
        firstFeedId={feedId}
        shown={shown}
        current={current}
        newest={versions[0]?.number ?? 0}
        isManager={isManager}
      />
      <Versions cameraId={cameraId} versions={versions} isManager={isManager} onShow={setShown} />
    </>
  );
}
