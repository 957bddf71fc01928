import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { NextBatch } from '@/features/learning/next-batch';
import { learningWords as words } from '@/features/learning/strings';
import { PageFrame } from '@/components/page';
import { useParam } from '@/hooks/use-param';
import { paths } from '@/lib/paths';

const TABS = ['next'] as const;

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
      </Tabs>
    </PageFrame>
  );
}
