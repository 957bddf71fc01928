import { Badge } from '@mantine/core';

import type { Schemas } from '@/types/api';

export type Severity = Schemas['Incident']['severity'];
// White on a lighter red is too faint to read at this size.
const COLORS: Record<Severity, string> = { low: 'gray', medium: 'yellow', high: 'red.9' };
export const SEVERITY_WORDS: Record<Severity, string> = { low: 'Low', medium: 'Medium', high: 'High' };

export function SeverityBadge({ severity }: { severity: Severity }) {
  return (
    <Badge color={COLORS[severity]} variant={severity === 'high' ? 'filled' : 'light'} size="sm" flex="none">
      {SEVERITY_WORDS[severity]}
    </Badge>
  );
}
