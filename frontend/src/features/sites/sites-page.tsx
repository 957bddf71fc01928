import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { IconBuildingWarehouse, IconPencil, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';

import type { Site } from '@/features/sites/api';
import { CameraDialog } from '@/features/sites/camera-dialog';
import { CameraTable } from '@/features/sites/camera-table';
import { SiteDialog } from '@/features/sites/site-dialog';
import { siteWords as words } from '@/features/sites/strings';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { EmptyState } from '@/components/states';
import { useOrganisation } from '@/hooks/use-session';
import { useSites } from '@/hooks/use-sites';
import { atLeast } from '@/lib/roles';

export default function SitesPage() {
  const sites = useSites();
  const organisation = useOrganisation();
  const isManager = atLeast(organisation?.role, 'manager');
  const [isNew, setNew] = useState(false);
  const newButton = isManager && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setNew(true)}>
      {words.newSite}
    </Button>
  );
  return (
    <PageFrame title={words.title} about={words.about} actions={newButton}>
      <QueryView
        query={sites}
        skeleton={<CardsSkeleton count={2} height={200} minWidth={900} />}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState icon={IconBuildingWarehouse} title={words.none} action={newButton}>
            {words.noneWhy}
          </EmptyState>
        }
      >
        {(list) => (
          <Stack gap="md">
            {list.map((site) => (
              <SiteCard key={site.id} site={site} isManager={isManager} />
            ))}
          </Stack>
        )}
      </QueryView>
      {isNew && organisation && <SiteDialog organisationId={organisation.id} onClose={() => setNew(false)} />}
    </PageFrame>
  );
}

function SiteCard({ site, isManager }: { site: Site; isManager: boolean }) {
  const [open, setOpen] = useState<'camera' | 'site' | null>(null);
  return (
    <Card padding={0} component="section" aria-label={site.name}>
      <Group justify="space-between" px="md" py="sm">
        <Group gap="xs" align="baseline">
          <Text fw={600}>{site.name}</Text>
          <Text size="sm" c="dimmed">
            {[site.region, site.time_zone].filter(Boolean).join(' · ')}
          </Text>
        </Group>
        {isManager && (
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconPencil size={14} />}
              onClick={() => setOpen('site')}
            >
              Edit
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => setOpen('camera')}
            >
              {words.addCamera}
            </Button>
          </Group>
        )}
      </Group>
      {site.cameras.length === 0 ? (
        <Text size="sm" c="dimmed" px="md" pb="md">
          {words.noCameras}
        </Text>
      ) : (
        <CameraTable cameras={site.cameras} isManager={isManager} />
      )}
      {open === 'site' && (
        <SiteDialog organisationId={site.organisation_id} site={site} onClose={() => setOpen(null)} />
      )}
      {open === 'camera' && <CameraDialog siteId={site.id} onClose={() => setOpen(null)} />}
    </Card>
  );
}
