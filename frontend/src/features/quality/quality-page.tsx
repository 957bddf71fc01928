/** How good a project's labels are: for those who review and manage it. */
import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { PageFrame } from '@/components/page';
import { useParam } from '@/hooks/use-param';
import { paths } from '@/lib/paths';

import { Agreement } from './agreement';
import { LabelErrors } from './label-errors/label-errors';
import { labelErrorWords } from './label-errors/strings';
import { SecondLooks } from './second-looks';
import { agreementWords, secondWords, truthWords } from './strings';
import { TruthList } from './truth-list';

const TABS = [
  { value: 'agreement', name: agreementWords.title, about: agreementWords.about },
  { value: 'second', name: secondWords.title, about: secondWords.about },
  { value: 'truth', name: truthWords.title, about: truthWords.about },
  { value: 'errors', name: labelErrorWords.title, about: labelErrorWords.about },
] as const;

export default function QualityPage() {
  const projectId = useParam('projectId');
  const navigate = useNavigate();
  const search: { tab?: string } = useSearch({ strict: false });
  const tab = TABS.find(({ value }) => value === search.tab) ?? TABS[0];
  return (
    <PageFrame title="Quality" about={tab.about}>
      <Tabs
        value={tab.value}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: paths.quality(projectId), search: { tab: value }, replace: true })
        }
      >
        <Tabs.List mb="md">
          {TABS.map(({ value, name }) => (
            <Tabs.Tab key={value} value={value}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="agreement">
          <Agreement projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="second">
          <SecondLooks projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="truth">
          <TruthList projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="errors">
          <LabelErrors projectId={projectId} />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
