import { Badge } from '@mantine/core';

import type { Schemas } from '@/types/api';

type Props = {
  incident: Pick<
    Schemas['Incident'],
    'closed_at' | 'acknowledged_at' | 'escalated_at' | 'wrong_at' | 'muted'
  >;
};

/** Where an incident stands, in a word or two. */
export function IncidentState({ incident }: Props) {
  return (
    <>
      {incident.closed_at === null && (
        <Badge color="red" variant="light" size="sm">
          Open
        </Badge>
      )}
      {incident.wrong_at ? (
        <Badge color="gray" variant="light" size="sm">
          Wrong
        </Badge>
      ) : (
        incident.acknowledged_at && (
          <Badge color="teal" variant="light" size="sm">
            Acknowledged
          </Badge>
        )
      )}
      {incident.escalated_at && (
        // A light orange is too faint to read at this size.
        <Badge color="#b33c00" size="sm">
          Escalated
        </Badge>
      )}
      {incident.muted && (
        <Badge color="gray" variant="outline" size="sm">
          Muted
        </Badge>
      )}
    </>
  );
}
