import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { ApprovalTab } from '@/features/learning/approval/approval-tab';
import { DefectsTab } from '@/features/learning/defects-tab';
import { DriftTab } from '@/features/learning/drift-tab';
import { MapTab } from '@/features/learning/map-tab';
import { NextBatch } from '@/features/learning/next-batch';
import { SavingsTab } from '@/features/learning/savings-tab';
import { learningWords as words } from '@/features/learning/strings';
import { PageFrame } from '@/components/page';
import { useParam } from '@/hooks/use-param';
import { paths } from '@/lib/paths';

const TABS = ['next', 'savings', 'approval', 'map', 'defects', 'drift'] as const;

export default function LearningPage() {
  const projectId = useParam('projectId');
  const search: { tab?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const tab = TABS.find((name) => name === search.tab) ?? 'next';
  return (
    <PageFrame title={words.title} about={words.about}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: paths.learning(projectId), search: { tab: value }, replace: true })
        }
      >
        <Tabs.List mb="md">
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="next">
          <NextBatch projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="savings">
          <SavingsTab projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="approval">
          <ApprovalTab projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="map">
          <MapTab projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="defects">
          <DefectsTab projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="drift">
          <DriftTab projectId={projectId} />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
