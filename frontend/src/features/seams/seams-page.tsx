/** Where the parts of a long video meet: which tracks are one object, by themselves and by hand. */
import { Skeleton, Tabs, Text } from '@mantine/core';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { ButtonLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useParam } from '@/hooks/use-param';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import type { Schemas } from '@/types/api';

import { seamsQuery, type Place } from './api';
import { SeamView } from './seam-view';
import { seamWords as words } from './strings';

export default function SeamsPage() {
  const place: Place = { projectId: useParam('projectId'), assetId: useParam('assetId') };
  const seams = useQuery(seamsQuery(place));
  return (
    <QueryView query={seams} skeleton={<PageSkeleton />}>
      {(video) => <Loaded place={place} video={video} />}
    </QueryView>
  );
}

function PageSkeleton() {
  return (
    <PageFrame title={words.title}>
      <Skeleton height={36} />
      <Skeleton height={420} />
    </PageFrame>
  );
}

function Loaded({ place, video }: { place: Place; video: Schemas['VideoSeams'] }) {
  const navigate = useNavigate();
  const mayJoin = useMay(place.projectId, 'reviewer');
  const search: { seam?: number } = useSearch({ strict: false });
  const seam = video.seams.find(({ number }) => number === Number(search.seam)) ?? video.seams[0];
  const back = (
    <ButtonLink to={paths.data(place.projectId)} variant="default">
      {words.toData}
    </ButtonLink>
  );
  return (
    <PageFrame title={words.title} about={words.about(video.name)} actions={back}>
      {!mayJoin && (
        <Text size="sm" c="dimmed">
          {words.readOnly}
        </Text>
      )}
      {!seam && (
        <EmptyState title={words.oneTask} icon={IconArrowsJoin}>
          {words.oneTaskWhy}
        </EmptyState>
      )}
      {seam && (
        <Tabs
          value={String(seam.number)}
          keepMounted={false}
          onChange={(value) =>
            void navigate({
              to: paths.seams(place.projectId, place.assetId),
              search: { seam: Number(value) },
              replace: true,
            })
          }
        >
          <Tabs.List mb="md" aria-label={words.seams}>
            {video.seams.map(({ number }) => (
              <Tabs.Tab key={number} value={String(number)}>
                {words.seam(number)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={String(seam.number)}>
            <SeamView key={seam.number} place={place} row={seam} size={video} mayJoin={mayJoin} />
          </Tabs.Panel>
        </Tabs>
      )}
    </PageFrame>
  );
}
