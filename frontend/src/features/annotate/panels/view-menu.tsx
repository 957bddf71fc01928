import {
  ActionIcon,
  Button,
  Indicator,
  Popover,
  SegmentedControl,
  Select,
  Slider,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import type { Editor } from '@/canvas/editor';
import type { Display } from '@/canvas/render/scene';

import { keepView, keptView } from '../work/kept-tools';
import own from './panels.module.css';
import { viewWords as words } from './strings';
import { sameView, VIEW_SLIDERS, VIEW_SWITCHES } from './view-settings';

/** How picture and shapes are shown; nothing here changes a label. Kept in this browser. */
export function ViewMenu({ editor }: { editor: Editor }) {
  const [defaults] = useState<Display>(() => editor.display);
  const [view, setView] = useState<Display>(() => ({ ...editor.display, ...keptView(editor.display) }));
  useEffect(() => editor.setDisplay(view), [editor, view]);
  const set = (change: Partial<Display>) => {
    const next = { ...view, ...change };
    setView(next);
    keepView(next);
  };
  const isChanged = !sameView(view, defaults);
  return (
    <Popover position="bottom-end" shadow="md" width={260} trapFocus withRoles>
      <Indicator disabled={!isChanged} size={7} offset={5}>
        <Popover.Target>
          <ActionIcon size={28} aria-label={words.title} title={words.title}>
            <IconAdjustments size={16} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p="sm" aria-label={words.title} className={own.menu}>
        <Stack gap="sm">
          {VIEW_SLIDERS.filter(({ name }) => name in defaults).map(({ name, min, max, step, said }) => {
            const value = (view as unknown as Record<string, number>)[name] ?? 0;
            return (
              <div key={name}>
                <div className={own.sliderHead}>
                  <Text size="xs">{words.sliders[name]}</Text>
                  <Text size="xs" c="dimmed">
                    {said(value)}
                  </Text>
                </div>
                <Slider
                  size="xs"
                  min={min}
                  max={max}
                  step={step}
                  label={null}
                  thumbLabel={words.sliders[name]}
                  value={value}
                  onChange={(next) => set({ [name]: next })}
                />
              </div>
            );
          })}
          {'channel' in defaults && (
            <Select
              size="xs"
              label={words.channel}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              data={Object.entries(words.channels).map(([value, label]) => ({ value, label }))}
              value={String((view as unknown as Record<string, unknown>).channel)}
              onChange={(channel) => set({ channel } as unknown as Partial<Display>)}
            />
          )}
          <div>
            <Text size="xs" mb={4}>
              {words.names}
            </Text>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={words.names}
              data={(['all', 'selected', 'none'] as const).map((value) => ({
                value,
                label: words.chips[value],
              }))}
              value={view.chips}
              onChange={(chips) => set({ chips })}
            />
          </div>
          {VIEW_SWITCHES.filter((name) => name in defaults).map((name) => (
            <Switch
              key={name}
              size="xs"
              label={words.switches[name]}
              checked={Boolean((view as unknown as Record<string, unknown>)[name])}
              onChange={(event) => set({ [name]: event.currentTarget.checked })}
            />
          ))}
          <Button size="compact-sm" variant="default" disabled={!isChanged} onClick={() => set(defaults)}>
            {words.reset}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
