import { Alert, Button, Card, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import {
  incidentComment,
  incidentEscalate,
  incidentHold,
  incidentQuery,
  incidentWrong,
  notesQuery,
  ruleMute,
  type Incident,
} from '@/features/incidents/api';
import { figuresOf, lasted } from '@/features/incidents/figures';
import { Media } from '@/features/incidents/incident-media';
import css from '@/features/incidents/incidents.module.css';
import { incidentWords as words, NOTE_WORDS } from '@/features/incidents/strings';
import { useStepKeys } from '@/features/incidents/use-step-keys';
import { IncidentState } from '@/components/incident-state';
import { ButtonLink } from '@/components/links';
import { PageFrame, Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { SeverityBadge } from '@/components/severity-badge';
import { CardsSkeleton } from '@/components/skeletons';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { incidentAcknowledge } from '@/hooks/use-incidents';
import { useKeys } from '@/hooks/use-keys';
import { useParam } from '@/hooks/use-param';
import { useMay } from '@/hooks/use-project';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { exactTime } from '@/lib/time';

export default function IncidentPage() {
  const projectId = useParam('projectId');
  const id = useParam('incidentId');
  const incident = useQuery(incidentQuery(projectId, id));
  useStepKeys(projectId, id);
  return (
    <QueryView query={incident} skeleton={<CardsSkeleton count={2} height={300} minWidth={600} />}>
      {(found) => <Looked key={found.id} projectId={projectId} incident={found} />}
    </QueryView>
  );
}

function Looked({ projectId, incident }: { projectId: string; incident: Incident }) {
  return (
    <PageFrame
      title={incident.name}
      about={
        <>
          {[incident.site_name, incident.camera_name || incident.feed_name].filter(Boolean).join(' · ')} ·{' '}
          {exactTime(incident.opened_at)} · {lasted(incident)}
        </>
      }
      actions={
        <Group gap="xs">
          <SeverityBadge severity={incident.severity} />
          <IncidentState incident={incident} />
        </Group>
      }
    >
      <div className={css.page}>
        <Stack gap="sm">
          <Media incident={incident} />
          <Buttons projectId={projectId} incident={incident} />
          {incident.held_at && <Text size="sm">{words.held(incident.held_by_name)}</Text>}
          <Text size="xs" c="dimmed">
            {words.keys}
          </Text>
        </Stack>
        <Stack gap="md">
          <Card padding="sm">
            <Section title={words.figures}>
              <Stack gap={4}>
                {figuresOf(incident).map(({ name, value }) => (
                  <Group key={name} justify="space-between">
                    <Text size="sm" c="dimmed">
                      {name}
                    </Text>
                    <Text size="sm" fw={600}>
                      {value}
                    </Text>
                  </Group>
                ))}
                <Group justify="space-between">
                  <Text size="sm" c="dimmed">
                    {words.involved}
                  </Text>
                  <Text size="sm">{seenIn(incident)}</Text>
                </Group>
              </Stack>
            </Section>
          </Card>
          <History projectId={projectId} incident={incident} />
        </Stack>
      </div>
    </PageFrame>
  );
}

/** Kinds with how many, never who. */
function seenIn({ involved }: Incident): string {
  const many = new Map<string, number>();
  for (const { label } of involved) many.set(label, (many.get(label) ?? 0) + 1);
  return [...many].map(([label, n]) => plural(n, label)).join(', ') || 'nobody';
}

function Buttons({ projectId, incident }: { projectId: string; incident: Incident }) {
  const mayAct = useMay(projectId, 'annotator');
  const mayMute = useMay(projectId, 'reviewer');
  const mayHold = useMay(projectId, 'manager');
  const makesOld = [['incidents', projectId]];
  const acknowledge = useAction({ run: () => incidentAcknowledge(incident.id), makesOld });
  const escalate = useAction({ run: () => incidentEscalate(incident.id), makesOld });
  const wrong = useAction({ run: () => incidentWrong(incident.id), makesOld, done: words.wrongDone });
  const mute = useAction({
    run: () => ruleMute(incident.rule_id ?? '', 60),
    makesOld: [['rules', projectId]],
    done: words.muteDone,
  });
  const hold = useAction({
    run: () => incidentHold(incident.id, incident.held_at === null),
    makesOld,
    done: incident.held_at ? words.releaseDone : words.holdDone,
  });
  const mayAcknowledge = mayAct && incident.acknowledged_at === null;
  const mayEscalate = mayAct && incident.escalated_at === null;
  const mayWrong = mayAct && incident.wrong_at === null && incident.has_snapshot;
  useKeys({
    A: mayAcknowledge ? () => acknowledge.mutate() : undefined,
    E: mayEscalate ? () => escalate.mutate() : undefined,
    W: mayWrong ? () => wrong.mutate() : undefined,
  });
  return (
    <Group gap="xs">
      <Button loading={acknowledge.isPending} disabled={!mayAcknowledge} onClick={() => acknowledge.mutate()}>
        {incident.acknowledged_at ? words.acknowledged : words.acknowledge}
      </Button>
      <Button
        variant="default"
        loading={escalate.isPending}
        disabled={!mayEscalate}
        onClick={() => escalate.mutate()}
      >
        {incident.escalated_at ? words.escalated : words.escalate}
      </Button>
      {incident.task_id ? (
        <ButtonLink to={paths.annotate(projectId, incident.task_id)} variant="default">
          {words.toTask}
        </ButtonLink>
      ) : (
        <Button
          variant="default"
          loading={wrong.isPending}
          disabled={!mayWrong}
          onClick={() => wrong.mutate()}
        >
          {words.wrong}
        </Button>
      )}
      {mayHold && incident.has_snapshot && (
        <Button variant="subtle" color="gray" loading={hold.isPending} onClick={() => hold.mutate()}>
          {incident.held_at ? words.release : words.hold}
        </Button>
      )}
      {mayMute && incident.rule_id && (
        <Button variant="subtle" color="gray" loading={mute.isPending} onClick={() => mute.mutate()}>
          {words.mute}
        </Button>
      )}
    </Group>
  );
}

function History({ projectId, incident }: { projectId: string; incident: Incident }) {
  const notes = useQuery(notesQuery(projectId, incident.id));
  const mayAct = useMay(projectId, 'annotator');
  const [text, setText] = useState('');
  const comment = useAction({
    run: () => incidentComment(incident.id, text),
    makesOld: [['incidents', projectId]],
    onDone: () => setText(''),
  });
  return (
    <Card padding="sm">
      <Section title={words.history}>
        <ul className={css.notes}>
          {notes.data?.map((note) => (
            <li key={note.id}>
              <Group justify="space-between" wrap="nowrap">
                <Text size="sm" fw={600}>
                  {note.author_name || 'Siteloop'}: {NOTE_WORDS[note.kind]}
                </Text>
                <TimeAgo at={note.created_at} size="xs" c="dimmed" />
              </Group>
              {note.text && <Text size="sm">{note.text}</Text>}
            </li>
          ))}
        </ul>
        {notes.error && <Alert color="yellow">{words.history}</Alert>}
        {mayAct && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              comment.mutate();
            }}
          >
            <Textarea
              aria-label={words.comment}
              placeholder={words.comment}
              autosize
              minRows={2}
              maxLength={2000}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button
              mt="xs"
              size="compact-sm"
              type="submit"
              variant="default"
              loading={comment.isPending}
              disabled={!text.trim()}
            >
              {words.say}
            </Button>
          </form>
        )}
      </Section>
    </Card>
  );
}
