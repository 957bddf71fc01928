import { ActionIcon, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { useRef } from 'react';

import css from '@/components/open-incidents.module.css';
import { IncidentState } from '@/components/incident-state';
import { PlainLink, TextLink } from '@/components/links';
import { SeverityBadge } from '@/components/severity-badge';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useEvent } from '@/hooks/use-event';
import { incidentAcknowledge, useOpenIncidents, type Incident } from '@/hooks/use-incidents';
import { useMay } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { beep } from '@/lib/beep';

const SHOWN_MAX = 6;

/** What is open or waits for somebody, with a sound for each new one. */
export function OpenIncidents({ projectId }: { projectId: string }) {
  const { data: list = [] } = useOpenIncidents(projectId);
  const [isLoud, setLoud] = useLocalStorage({ key: 'siteloop.alert-sound', defaultValue: true });
  const heard = useRef(new Set<string>());
  useEvent('incident', (event) => {
    const { id, event: what, severity, muted } = event.data as Record<string, unknown>;
    if (event.project_id !== projectId || what !== 'opened' || muted === true) return;
    // The stream may say a thing twice after it was interrupted.
    if (typeof id !== 'string' || heard.current.has(id)) return;
    heard.current.add(id);
    if (isLoud) beep(severity === 'high' ? 2 : 1);
  });
  const sound = isLoud ? 'Switch the alert sound off' : 'Switch the alert sound on';
  return (
    <section aria-label="Open incidents" className={css.panel}>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600} size="sm" aria-live="polite">
          {list.length === 0 ? 'No open incident' : `${list.length} open or not acknowledged`}
        </Text>
        <Tooltip label={sound}>
          <ActionIcon
            aria-label={sound}
            aria-pressed={isLoud}
            onClick={() => {
              setLoud(!isLoud);
              // A browser lets a page sound only after a press in it: this is one.
              if (!isLoud) beep(1);
            }}
          >
            {isLoud ? <IconVolume size={17} /> : <IconVolumeOff size={17} />}
          </ActionIcon>
        </Tooltip>
      </Group>
      {list.length > 0 && (
        <Stack gap={6} component="ul" m={0} p={0} className={css.list}>
          {list.slice(0, SHOWN_MAX).map((incident) => (
            <OpenRow key={incident.id} projectId={projectId} incident={incident} />
          ))}
        </Stack>
      )}
      <TextLink to={paths.incidents(projectId)} size="sm">
        {list.length > SHOWN_MAX ? `All ${list.length}` : 'All incidents'}
      </TextLink>
    </section>
  );
}

function OpenRow({ projectId, incident }: { projectId: string; incident: Incident }) {
  const mayAct = useMay(projectId, 'annotator');
  const acknowledge = useAction({
    run: () => incidentAcknowledge(incident.id),
    makesOld: [['incidents', projectId]],
  });
  return (
    <li className={css.row} data-severity={incident.severity}>
      <PlainLink to={paths.incident(projectId, incident.id)} className={css.link}>
        <Group gap={6}>
          <SeverityBadge severity={incident.severity} />
          <IncidentState incident={incident} />
        </Group>
        <Text size="sm" fw={600} lineClamp={2}>
          {incident.name}
        </Text>
        <Group gap={6} c="dimmed">
          <Text size="xs">{incident.feed_name}</Text>
          <TimeAgo at={incident.opened_at} size="xs" />
        </Group>
      </PlainLink>
      {mayAct && incident.acknowledged_at === null && (
        <Button
          size="compact-xs"
          variant="default"
          loading={acknowledge.isPending}
          aria-label={`Acknowledge ${incident.name}`}
          onClick={() => acknowledge.mutate()}
        >
          Acknowledge
        </Button>
      )}
    </li>
  );
}
