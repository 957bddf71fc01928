import { Button, Card, Collapse, List, Progress, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconAlertCircle,
  IconCircleCheck,
  IconClock,
  IconCloudUpload,
  IconLoader,
  IconRefresh,
} from '@tabler/icons-react';
import { memo, type ComponentType } from 'react';

import css from '@/features/media/media.module.css';
import { mediaWords as words } from '@/features/media/strings';
import type { Item, ItemState } from '@/features/media/upload-queue';
import { bytes, plural } from '@/lib/numbers';

const SHOWN_MAX = 200; // thousands of rows help nobody: what needs a look comes first
const ORDER: ItemState[] = ['failed', 'retrying', 'sending', 'taking_in', 'waiting', 'done'];
const ICONS: Record<ItemState, ComponentType<{ size?: number; color?: string }>> = {
  failed: IconAlertCircle,
  retrying: IconRefresh,
  sending: IconCloudUpload,
  taking_in: IconLoader,
  waiting: IconClock,
  done: IconCircleCheck,
};
const COLORS: Partial<Record<ItemState, string>> = {
  failed: 'var(--mantine-color-error)',
  done: 'var(--mantine-primary-color-filled)',
};

export function UploadList({ items }: { items: Item[] }) {
  const needsLook = (item: Item) =>
    item.report && item.report.refused_count > 0 ? -1 : ORDER.indexOf(item.state);
  const shown = [...items].sort((a, b) => needsLook(a) - needsLook(b)).slice(0, SHOWN_MAX);
  return (
    <Card padding={0}>
      {shown.map((item) => (
        <Row key={item.id} item={item} />
      ))}
      {items.length > shown.length && (
        <Text size="sm" c="dimmed" px="md" py="xs">
          and {plural(items.length - shown.length, 'more file')}
        </Text>
      )}
    </Card>
  );
}

const Row = memo(function Row({ item }: { item: Item }) {
  const Icon = ICONS[item.state];
  return (
    <div className={css.row}>
      <Icon size={18} color={COLORS[item.state] ?? 'var(--mantine-color-dimmed)'} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" truncate>
          {item.name}
        </Text>
        {item.report && item.report.refused.length > 0 && item.state === 'done' && <Refused item={item} />}
      </div>
      <Text size="xs" c="dimmed" ta="right">
        {bytes(item.size)}
      </Text>
      <State item={item} />
    </div>
  );
});

function State({ item }: { item: Item }) {
  if (item.state === 'sending') {
    return <Progress value={(item.sent / item.size) * 100} size="sm" aria-label={`Sending ${item.name}`} />;
  }
  return (
    <Text
      size="xs"
      c={item.state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'}
      lineClamp={2}
      title={item.error}
    >
      {describe(item)}
    </Text>
  );
}

function describe(item: Item): string {
  if (item.state === 'failed') return item.error || 'Not taken.';
  if (item.state === 'retrying') return `${item.error} Trying again…`;
  if (item.state === 'taking_in') return 'being looked at';
  if (item.state === 'waiting') return item.sent > 0 ? `waiting, ${bytes(item.sent)} sent` : 'waiting';
  const report = item.report;
  if (!report) return 'done';
  if (report.added === 0 && report.duplicates > 0) return 'here already';
  return report.added > 1 ? `${report.added} pictures` : 'added';
}

/** The files inside that were not taken, and why. */
function Refused({ item }: { item: Item }) {
  const [opened, { toggle }] = useDisclosure(false);
  const refused = item.report?.refused ?? [];
  return (
    <>
      <Button size="compact-xs" variant="subtle" color="red" px={0} onClick={toggle} aria-expanded={opened}>
        {words.refused}: {item.report?.refused_count}
      </Button>
      <Collapse expanded={opened}>
        <List size="sm" pb="xs">
          {refused.map((each) => (
            <List.Item key={each.name}>
              {each.name}: {each.reason}
            </List.Item>
          ))}
        </List>
      </Collapse>
    </>
  );
}
