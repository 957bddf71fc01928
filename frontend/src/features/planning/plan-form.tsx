import { Button, Card, Checkbox, Group, NumberInput, Stack } from '@mantine/core';
import { useState } from 'react';

import { HowFar, useBackground } from '@/components/background';
import { Section } from '@/components/page';

import { planningQuery, planRequest, type Planning } from './api';
import { planningWords as words } from './strings';

const DAYS_MAX = 20;
const DAYS_USUAL = 5;

/** For how long to plan, and the button that does it. */
export function PlanForm({ projectId, planning }: { projectId: string; planning: Planning }) {
  const [days, setDays] = useState<number | string>(DAYS_USUAL);
  const [weekends, setWeekends] = useState(planning.finish.with_weekends);
  const [again, setAgain] = useState(false);
  const work = useBackground({
    projectId,
    kind: 'annotation.plan',
    start: (key) => planRequest(projectId, { days: Number(days) || DAYS_USUAL, weekends, again }, key),
    makesOld: planningQuery(projectId).queryKey,
  });
  const isIdle = planning.people.every((person) => person.minutes_per_day === 0);
  return (
    <Section title={words.plan}>
      <Card>
        <Stack gap="sm">
          <Group align="end" gap="md">
            <NumberInput
              label={words.days}
              description={words.daysAbout}
              min={1}
              max={DAYS_MAX}
              allowDecimal={false}
              clampBehavior="strict"
              w={280}
              value={days}
              onChange={setDays}
            />
            <Button loading={work.isRunning} disabled={isIdle} onClick={work.begin}>
              {words.go}
            </Button>
          </Group>
          <Checkbox
            label={words.weekends}
            checked={weekends}
            onChange={(event) => setWeekends(event.currentTarget.checked)}
          />
          <Checkbox
            label={words.again}
            checked={again}
            onChange={(event) => setAgain(event.currentTarget.checked)}
          />
          <HowFar work={work} name={words.planning} cancel={words.cancel} />
        </Stack>
      </Card>
    </Section>
  );
}
