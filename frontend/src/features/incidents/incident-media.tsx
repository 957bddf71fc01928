import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { clipUrl, snapshotUrl, type Incident } from '@/features/incidents/api';
import css from '@/features/incidents/incidents.module.css';
import { incidentWords as words } from '@/features/incidents/strings';
import { TimeAgo } from '@/components/time';
import { isPast } from '@/lib/time';

/** A clip is complete twelve seconds after the opening, and written soon after. */
const CLIP_WITHIN_MS = 60_000;
const clipDue = ({ opened_at }: Incident): string =>
  new Date(Date.parse(opened_at) + CLIP_WITHIN_MS).toISOString();

/** An incident's picture with its objects, or its clip; or why there is none. */
export function Media({ incident }: { incident: Incident }) {
  const [shown, setShown] = useState<'clip' | 'picture'>('picture');
  const isClip = shown === 'clip' && incident.has_clip;
  if (!incident.has_snapshot)
    return (
      <div className={`${css.media} ${css.none}`}>
        {incident.evidence_erased_at ? (
          <span>
            {words.erased}
            <br />
            {words.erasedAt} <TimeAgo at={incident.evidence_erased_at} size="sm" />
          </span>
        ) : (
          words.noPicture
        )}
      </div>
    );
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <SegmentedControl
          aria-label="What is shown"
          size="xs"
          value={isClip ? 'clip' : 'picture'}
          onChange={(to) => setShown(to as 'clip' | 'picture')}
          data={[
            { value: 'picture', label: 'Picture' },
            { value: 'clip', label: 'Clip', disabled: !incident.has_clip },
          ]}
        />
        {!incident.has_clip && (
          <Text size="xs" c="dimmed">
            {isPast(clipDue(incident)) ? words.noClipKept : words.noClip}
          </Text>
        )}
      </Group>
      <div className={css.media}>
        {isClip ? (
          // Machine footage without sound: there is nothing to caption.
          <video src={clipUrl(incident.id)} controls autoPlay muted loop playsInline />
        ) : (
          <div className={css.frame}>
            <img src={snapshotUrl(incident.id)} alt={`When ${incident.name} opened`} />
            {incident.involved.map(({ track_id, box }) => box && <Box key={track_id} box={box} />)}
          </div>
        )}
      </div>
    </Stack>
  );
}

function Box({ box: [x1 = 0, y1 = 0, x2 = 0, y2 = 0] }: { box: number[] }) {
  const share = (value: number) => `${value * 100}%`;
  return (
    <span
      className={css.box}
      style={{ left: share(x1), top: share(y1), width: share(x2 - x1), height: share(y2 - y1) }}
      aria-hidden
    />
  );
}
