import { SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';

import { paths } from '@/lib/paths';

export type SafetyTab = 'incidents' | 'rules' | 'alerts';

/** The three pages that belong together: what happened, what must not, and who hears of it. */
export function SafetyTabs({ projectId, value }: { projectId: string; value: SafetyTab }) {
  const navigate = useNavigate();
  const to = { incidents: paths.incidents, rules: paths.rules, alerts: paths.alerts };
  return (
    <SegmentedControl
      style={{ alignSelf: 'flex-start' }}
      aria-label="Incidents, rules and alerts"
      value={value}
      data={[
        { value: 'incidents', label: 'Incidents' },
        { value: 'rules', label: 'Rules' },
        { value: 'alerts', label: 'Alerts' },
      ]}
      onChange={(tab) => void navigate({ to: to[tab as SafetyTab](projectId) })}
    />
  );
}
