import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { OntologyEditor } from '@/features/projects/ontology/ontology-editor';
import { GeneralSettings } from '@/features/projects/settings/general-settings';
import { GuidelinesEditor } from '@/features/projects/settings/guidelines-editor';
import { ProjectPeople } from '@/features/projects/settings/project-people';
import { PeopleSettings } from '@/features/projects/settings/people-settings';
import { QualitySettings } from '@/features/projects/settings/quality-settings';
import { SelectionSettings } from '@/features/projects/settings/selection-settings';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { useParam } from '@/hooks/use-param';
import { useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { atLeast } from '@/lib/roles';
import type { Project } from '@/types/api';

const TABS = [
  { value: 'labels', name: 'Labels' },
  { value: 'guidelines', name: 'Guidelines' },
  { value: 'people', name: 'People' },
  { value: 'selection', name: 'Selection' },
  { value: 'quality', name: 'Quality' },
  { value: 'general', name: 'General' },
];

export default function SettingsPage() {
  const projectId = useParam('projectId');
  const project = useProject(projectId);
  const search: { tab?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const tab = TABS.some(({ value }) => value === search.tab) ? search.tab : 'labels';
  return (
    <PageFrame title="Project settings">
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: paths.projectSettings(projectId), search: { tab: value }, replace: true })
        }
      >
        <Tabs.List mb="md">
          {TABS.map(({ value, name }) => (
            <Tabs.Tab key={value} value={value}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <QueryView query={project} skeleton={<Skeleton height={320} />}>
          {(data) => <Panels project={data} />}
        </QueryView>
      </Tabs>
    </PageFrame>
  );
}

function Panels({ project }: { project: Project }) {
  const readOnly = !atLeast(project.my_role, 'manager') || project.archived_at !== null;
  return (
    <>
      <Tabs.Panel value="labels">
        <OntologyEditor project={project} readOnly={readOnly} />
      </Tabs.Panel>
      <Tabs.Panel value="guidelines">
        <GuidelinesEditor project={project} readOnly={readOnly} />
      </Tabs.Panel>
      <Tabs.Panel value="people">
        <ProjectPeople project={project} />
      </Tabs.Panel>
      <Tabs.Panel value="selection">
        <SelectionSettings project={project} readOnly={readOnly} />
      </Tabs.Panel>
      <Tabs.Panel value="quality">
        <Stack gap="lg">
          <QualitySettings project={project} readOnly={readOnly} />
          <PeopleSettings project={project} readOnly={readOnly} />
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="general">
        <GeneralSettings project={project} />
      </Tabs.Panel>
    </>
  );
}
