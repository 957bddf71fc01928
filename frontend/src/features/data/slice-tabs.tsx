import { ActionIcon, Badge, Button, CloseButton, Group, Menu, ScrollArea } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { sliceCreate, sliceDelete, slicesQuery, type Facets, type Slice } from '@/features/data/api';
import css from '@/features/data/data.module.css';
import { SliceDialog } from '@/features/data/dialogs';
import { groupName, valueName } from '@/features/data/filter-names';
import { filtersFrom, isEmpty, sameFilters, withValues, type Filters } from '@/features/data/filters';
import { dataWords as words } from '@/features/data/strings';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { newIdempotencyKey } from '@/lib/api-client';
import { toastUndo } from '@/lib/toast';
import type { Label } from '@/types/api';

type TabsProps = { projectId: string; filters: Filters; onChange: (filters: Filters) => void };

/** Everything, then the saved slices; the one whose filters are set is marked. */
export function SliceTabs({ projectId, filters, onChange }: TabsProps) {
  const { data: slices = [] } = useQuery(slicesQuery(projectId));
  if (slices.length === 0) return null;
  return (
    <ScrollArea type="never" className={css.slices}>
      <Group gap={4} wrap="nowrap" role="group" aria-label="Slices">
        <Tab name={words.all} isOn={isEmpty(filters)} onPick={() => onChange({})} />
        {slices.map((slice) => {
          const own = filtersFrom(slice.filters);
          const isOn = sameFilters(own, filters);
          return (
            <Group key={slice.id} gap={0} wrap="nowrap">
              <Tab name={slice.name} isOn={isOn} onPick={() => onChange(own)} />
              {isOn && <SliceMenu projectId={projectId} slice={slice} />}
            </Group>
          );
        })}
      </Group>
    </ScrollArea>
  );
}

function Tab({ name, isOn, onPick }: { name: string; isOn: boolean; onPick: () => void }) {
  return (
    <Button
      size="compact-sm"
      variant={isOn ? 'light' : 'subtle'}
      color={isOn ? undefined : 'gray'}
      aria-pressed={isOn}
      onClick={onPick}
    >
      {name}
    </Button>
  );
}

function SliceMenu({ projectId, slice }: { projectId: string; slice: Slice }) {
  const mayEdit = useMay(projectId, 'reviewer');
  const [isRenaming, setRenaming] = useState(false);
  const makesOld = [['slices', projectId]];
  const own = filtersFrom(slice.filters);
  const restore = useAction({
    run: () => sliceCreate(projectId, slice.name, own, newIdempotencyKey()),
    makesOld,
  });
  const remove = useAction({
    run: () => sliceDelete(slice.id),
    makesOld,
    onDone: () => toastUndo(`Slice “${slice.name}” was removed`, () => restore.mutateAsync()),
  });
  if (!mayEdit) return null;
  const icon = { size: 15, stroke: 1.6 };
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <ActionIcon size="sm" aria-label={words.sliceMenu(slice.name)} loading={remove.isPending}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => setRenaming(true)}>
            {words.renameSlice}…
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash {...icon} />} onClick={() => remove.mutate()}>
            {words.removeSlice}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isRenaming && (
        <SliceDialog projectId={projectId} filters={own} slice={slice} onClose={() => setRenaming(false)} />
      )}
    </>
  );
}

type ChipsProps = {
  filters: Filters;
  labels: readonly Label[];
  facets: Facets | undefined;
  onChange: (filters: Filters) => void;
};

/** What is filtered by, each with a way out. */
export function FilterChips({ filters, labels, facets, onChange }: ChipsProps) {
  const keys = Object.keys(filters);
  if (keys.length === 0) return null;
  return (
    <Group gap={6} className={css.chips}>
      {keys.map((key) => {
        const name = `${groupName(key)}: ${filters[key]?.map((value) => valueName(key, value, labels, facets)).join(', ')}`;
        return (
          <Badge
            key={key}
            variant="default"
            tt="none"
            fw={500}
            maw={320}
            rightSection={
              <CloseButton
                size={16}
                iconSize={12}
                aria-label={`Take away: ${name}`}
                onClick={() => onChange(withValues(filters, key, []))}
              />
            }
          >
            {name}
          </Badge>
        );
      })}
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({})}>
        {words.clear}
      </Button>
    </Group>
  );
}
