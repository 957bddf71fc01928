import { Card } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { finishQuery } from '@/features/projects/api';
import { projectWords as words } from '@/features/projects/strings';
import { FinishLine } from '@/components/finish-line';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';

/** When the open pictures are approved. Quiet where there are none. */
export function FinishCard({ projectId }: { projectId: string }) {
  const { data } = useQuery(finishQuery(projectId));
  const isManager = useMay(projectId, 'manager');
  if (!data || data.open === 0) return null;
  const link = isManager && (
    <TextLink to={paths.planning(projectId)} size="sm">
      {words.plan}
    </TextLink>
  );
  return (
    <Section title={words.finish} actions={link}>
      <Card>
        <FinishLine finish={data} />
      </Card>
    </Section>
  );
}
