import { Alert, Button, Card, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import { rolloutQuery, type Model, type Rollout, type RolloutEvent } from '@/features/models/api';
import { History } from '@/features/models/rollout/history';
import css from '@/features/models/rollout/rollout.module.css';
import { Beside } from '@/features/models/rollout/beside';
import { useStep } from '@/features/models/rollout/use-step';
import {
  camerasText,
  letAnswer,
  rolloutWords as words,
  SHARES,
  standstill,
} from '@/features/models/rollout/words';
import { Section } from '@/components/page';
import { useMay } from '@/hooks/use-project';
import { percent } from '@/lib/numbers';

type Props = { projectId: string; model: Model };

/** Shadow, canary, all: where the model is, what may be done, how it does beside production, and who did what. */
export function RolloutSection({ projectId, model }: Props) {
  const { data: rollout } = useQuery(rolloutQuery(projectId, model.id));
  const isThere = model.state === 'production';
  const isOver = isThere || model.state === 'retired';
  return (
    <Section title={isThere ? words.titleThere : words.title} about={isOver ? undefined : words.about}>
      {rollout ? (
        <Stack gap="md">
          {!isOver && <Way projectId={projectId} model={model} rollout={rollout} />}
          {rollout.shadow && <Beside report={rollout.shadow} />}
          {!rollout.shadow && (model.state === 'shadow' || model.state === 'canary') && (
            <Text size="sm" c="dimmed">
              {words.besideNone}
            </Text>
          )}
          <History changes={rollout.history} />
        </Stack>
      ) : (
        <Skeleton height={160} />
      )}
    </Section>
  );
}

function Way({ projectId, model, rollout }: Props & { rollout: Rollout }) {
  const isScientist = useMay(projectId, 'scientist');
  const step = useStep(projectId, model);
  const [share, setShare] = useState<number>(SHARES[1]);
  const take = (event: RolloutEvent) =>
    step.mutate({ event, version: rollout.version, ...(event === 'canary' ? { share } : {}) });
  const allowed = (event: RolloutEvent) =>
    isScientist && rollout.steps.some((one) => one.event === event && one.allowed);
  const button = (event: RolloutEvent, text: string) =>
    allowed(event) && (
      <Button size="xs" variant="default" disabled={step.isPending} onClick={() => take(event)}>
        {text}
      </Button>
    );
  const takeBack = allowed('off') && (
    <Button
      size="xs"
      variant="subtle"
      color="red"
      leftSection={<IconArrowBackUp size={14} stroke={1.6} />}
      disabled={step.isPending}
      onClick={() => take('off')}
    >
      {words.takeBack}
    </Button>
  );
  const why = standstill(rollout);
  const isCanary = rollout.state === 'canary';
  return (
    <Card>
      <Stack gap="md">
        <ol className={css.way}>
          <Stop name={words.shadow} about={words.shadowAbout} isHere={rollout.state === 'shadow'}>
            {button('shadow', isCanary ? words.backToShadow : words.startShadow)}
            {rollout.state === 'shadow' && takeBack}
          </Stop>
          <Stop
            name={isCanary ? `${words.canary}, ${percent(rollout.share)}` : words.canary}
            about={(isCanary && camerasText(rollout)) || words.canaryAbout}
            isHere={isCanary}
          >
            {allowed('canary') && (
              <SegmentedControl
                aria-label={words.share}
                size="xs"
                fullWidth
                data={SHARES.map((one) => ({ value: String(one), label: percent(one) }))}
                value={String(share)}
                onChange={(value) => setShare(Number(value))}
              />
            )}
            {!(isCanary && share === rollout.share) && button('canary', letAnswer(share))}
            {isCanary && takeBack}
          </Stop>
          <Stop name={words.all} about={words.allAbout} isHere={false} />
        </ol>
        {why && (
          <Alert color="gray" variant="light" py="xs" title={words.refused}>
            {why}
          </Alert>
        )}
      </Stack>
    </Card>
  );
}

type StopProps = { name: string; about: string; isHere: boolean; children?: ReactNode };

function Stop({ name, about, isHere, children }: StopProps) {
  return (
    <li className={css.stop} aria-current={isHere ? 'step' : undefined}>
      <Text fw={600} size="sm">
        <span className={css.mark} aria-hidden />
        {name}
      </Text>
      <Text size="xs" c="dimmed" className={css.about}>
        {about}
      </Text>
      {children}
    </li>
  );
}
