import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';

import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import { percent } from '@/lib/numbers';

import css from '../annotate.module.css';
import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { viewWords as words } from './strings';

const STEP = 1.25;

/** How large the picture is shown, and the ways to change it. */
export function ZoomMenu({ editor }: { editor: Editor }) {
  const zoom = useEditorPart(editor, (snapshot) => Math.round(snapshot.zoom * 100) / 100);
  const items = [
    { label: words.fit, action: 'fit', onClick: () => editor.fit() },
    { label: words.actual, action: 'actualSize', onClick: () => editor.actualSize() },
    { label: words.zoomIn, action: 'zoomIn', onClick: () => editor.zoomBy(STEP) },
    { label: words.zoomOut, action: 'zoomOut', onClick: () => editor.zoomBy(1 / STEP) },
  ];
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          className={own.zoom}
          aria-label={words.zoomed(percent(zoom))}
          rightSection={<IconChevronDown size={12} />}
        >
          {percent(zoom)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, action, onClick }) => (
          <Menu.Item
            key={action}
            rightSection={
              <span className={css.key} data-key-hint>
                {keyHint(editor.keymap, action)}
              </span>
            }
            onClick={onClick}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
