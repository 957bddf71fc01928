/** What models may approve without a person's look: promises, their proof, and what came of them. */
import { Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { batchDraw } from '@/features/learning/api';
import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { newIdempotencyKey } from '@/lib/api-client';
import { paths } from '@/lib/paths';

import { approvalQuery, type ProjectApproval } from './api';
import { PolicyCard } from './policy-card';
import { PromiseDialog } from './promise-dialog';
import { approvalWords as words } from './words';

const DRAWN_AT_ONCE = 50;

export function ApprovalTab({ projectId }: { projectId: string }) {
  const state = useQuery(approvalQuery(projectId));
  return (
    <QueryView query={state} skeleton={<Skeleton height={320} />}>
      {(data) => <Approval projectId={projectId} data={data} />}
    </QueryView>
  );
}

function Approval({ projectId, data }: { projectId: string; data: ProjectApproval }) {
  const isManager = useMay(projectId, 'manager');
  const [isOpen, dialog] = useDisclosure(false);
  const { offers, policies } = data;
  if (offers.length === 0 && policies.length === 0) {
    return (
      <Card>
        <EmptyState
          title={words.noModel}
          icon={IconShieldCheck}
          action={<ButtonLink to={paths.models(projectId)}>{words.toModels}</ButtonLink>}
        >
          {words.noModelWhy}
        </EmptyState>
      </Card>
    );
  }
  const make = isManager && offers.length > 0 && <Button onClick={dialog.open}>{words.make}</Button>;
  return (
    <Section title={words.title} about={words.about} actions={policies.length > 0 && make}>
      <Stack gap="lg">
        {policies.length === 0 ? (
          <Card>
            <EmptyState title={words.none} icon={IconShieldCheck} action={make}>
              {words.noneWhy}
            </EmptyState>
          </Card>
        ) : (
          <>
            <BlindLine projectId={projectId} data={data} />
            {policies.map((policy) => (
              <PolicyCard key={policy.id} projectId={projectId} policy={policy} />
            ))}
          </>
        )}
      </Stack>
      {isOpen && <PromiseDialog projectId={projectId} offers={offers} onClose={dialog.close} />}
    </Section>
  );
}

function BlindLine({ projectId, data }: { projectId: string; data: ProjectApproval }) {
  const isScientist = useMay(projectId, 'scientist');
  const [key, setKey] = useState(newIdempotencyKey);
  const draw = useAction({
    run: () => batchDraw(projectId, { batch: DRAWN_AT_ONCE, strategy: 'random' }, key),
    makesOld: [['jobs'], ['approval', projectId]],
    done: words.drawn,
    onDone: () => setKey(newIdempotencyKey()),
  });
  return (
    <Group justify="space-between" gap="sm">
      <div>
        <Text size="sm">{words.blind(data.blind_done, data.blind_waiting)}</Text>
        <Text size="xs" c="dimmed">
          {words.blindWhy}
        </Text>
      </div>
      {isScientist && (
        <Button size="xs" variant="default" loading={draw.isPending} onClick={() => draw.mutate()}>
          {words.draw}
        </Button>
      )}
    </Group>
  );
}
