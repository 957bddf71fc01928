import { ActionIcon, Button, Checkbox, Indicator, Popover, Radio, Stack, Text } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { memo } from 'react';

import type { Source } from '@/canvas/document/model';
import type { Label } from '@/types/api';

import {
  isFiltering,
  NO_FILTER,
  type ObjectFilter,
  type ObjectOrder,
  type ObjectRow,
  type ObjectState,
} from '../work/object-rows';
import own from './panels.module.css';
import { objectWords as words } from './strings';

type Props = {
  rows: readonly ObjectRow[];
  labels: ReadonlyMap<string, Label>;
  filter: ObjectFilter;
  order: ObjectOrder;
  onFilter: (filter: ObjectFilter) => void;
  onOrder: (order: ObjectOrder) => void;
};

const STATES: ObjectState[] = ['missing', 'occluded', 'hidden', 'locked', 'grouped'];
const SOURCES: Source[] = ['person', 'model', 'import'];
const ORDERS: ObjectOrder[] = ['front', 'label', 'drawn'];

const toggled = <T,>(list: readonly T[], value: T): T[] =>
  list.includes(value) ? list.filter((each) => each !== value) : [...list, value];

/** Which objects the list shows, and in which order. */
export const ObjectsMenu = memo(function ObjectsMenu({
  rows,
  labels,
  filter,
  order,
  onFilter,
  onOrder,
}: Props) {
  const counts = new Map<string, number>();
  for (const { item } of rows) counts.set(item.labelId, (counts.get(item.labelId) ?? 0) + 1);
  const used = [...labels.values()].filter((label) => counts.has(label.id));
  const isOn = filter.labelIds.length + filter.sources.length + filter.states.length > 0;
  return (
    <Popover position="bottom-end" shadow="md" trapFocus withRoles width={240}>
      <Indicator disabled={!isOn} size={7} offset={3}>
        <Popover.Target>
          <ActionIcon size={24} aria-label={words.filter} title={words.filter} disabled={rows.length === 0}>
            <IconFilter size={14} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p="sm" className={own.menu} aria-label={words.filter}>
        <Stack gap="sm">
          <Radio.Group
            label={words.order}
            size="xs"
            value={order}
            onChange={(value) => onOrder(value as ObjectOrder)}
          >
            <Stack gap={10} mt={8}>
              {ORDERS.map((each) => (
                <Radio key={each} size="xs" value={each} label={words.orders[each]} />
              ))}
            </Stack>
          </Radio.Group>
          <Group title={words.only}>
            {STATES.map((each) => (
              <Checkbox
                key={each}
                size="xs"
                label={words.states[each]}
                checked={filter.states.includes(each)}
                onChange={() => onFilter({ ...filter, states: toggled(filter.states, each) })}
              />
            ))}
          </Group>
          <Group title={words.from}>
            {SOURCES.map((each) => (
              <Checkbox
                key={each}
                size="xs"
                label={words.sources[each]}
                checked={filter.sources.includes(each)}
                onChange={() => onFilter({ ...filter, sources: toggled(filter.sources, each) })}
              />
            ))}
          </Group>
          {used.length > 1 && (
            <Group title={words.labels}>
              {used.map((label) => (
                <Checkbox
                  key={label.id}
                  size="xs"
                  label={words.ofLabel(label.name, counts.get(label.id) ?? 0)}
                  checked={filter.labelIds.includes(label.id)}
                  onChange={() => onFilter({ ...filter, labelIds: toggled(filter.labelIds, label.id) })}
                />
              ))}
            </Group>
          )}
          <Button
            size="compact-sm"
            variant="default"
            disabled={!isFiltering(filter)}
            onClick={() => onFilter(NO_FILTER)}
          >
            {words.clear}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
});

function Group({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Stack gap={10} role="group" aria-label={title}>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      {children}
    </Stack>
  );
}
