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
import { PLAIN_DISPLAY, type Display } from '@/canvas/render/scene';
import { percent } from '@/lib/numbers';

import { keepView, keptView } from '../work/kept-tools';
import own from './panels.module.css';
import { viewWords as words } from './strings';
import { CHANNELS, CHIPS, sameView, soundView, VIEW_SLIDERS, VIEW_SWITCHES } from './view-settings';

/** How picture and shapes are shown; nothing here changes a label. Kept in this browser. */
export function ViewMenu({ editor }: { editor: Editor }) {
  const [view, setView] = useState<Display>(() => soundView(PLAIN_DISPLAY, keptView(PLAIN_DISPLAY)));
  useEffect(() => editor.setDisplay(view), [editor, view]);
  const set = (change: Partial<Display>) => {
    const next = { ...view, ...change };
    setView(next);
    keepView(next);
  };
  const isChanged = !sameView(view, PLAIN_DISPLAY);
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
          {VIEW_SLIDERS.map(({ name, min, max, step }) => (
            <div key={name}>
              <div className={own.sliderHead}>
                <Text size="xs">{words.sliders[name]}</Text>
                <Text size="xs" c="dimmed">
                  {percent(view[name])}
                </Text>
              </div>
              <Slider
                size="xs"
                min={min}
                max={max}
                step={step}
                label={null}
                thumbLabel={words.sliders[name]}
                value={view[name]}
                onChange={(next) => set({ [name]: next })}
              />
            </div>
          ))}
          <Select
            size="xs"
            label={words.channel}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            data={CHANNELS.map((value) => ({ value, label: words.channels[value] }))}
            value={view.channel}
            onChange={(channel) => channel && set({ channel })}
          />
          <div>
            <Text size="xs" mb={4}>
              {words.names}
            </Text>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={words.names}
              data={CHIPS.map((value) => ({
                value,
                label: words.chips[value],
              }))}
              value={view.chips}
              onChange={(chips) => set({ chips })}
            />
          </div>
          {VIEW_SWITCHES.map((name) => (
            <Switch
              key={name}
              size="xs"
              label={words.switches[name]}
              checked={view[name]}
              onChange={(event) => set({ [name]: event.currentTarget.checked })}
            />
          ))}
          <Button
            size="compact-sm"
            variant="default"
            disabled={!isChanged}
            onClick={() => set(PLAIN_DISPLAY)}
          >
            {words.reset}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
