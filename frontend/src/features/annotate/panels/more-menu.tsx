import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconVersions, IconStackForward, IconUpload } from '@tabler/icons-react';

import type { Project } from '@/types/api';

import { flowWords as words } from '../flow-strings';
import type { BenchVerbs } from '../use-bench-verbs';
import type { Hints } from '../work/keys';
import { fileText } from '../work/task-file';
import type { TaskSession } from '../work/task-session';
import type { Workbench } from '../work/workbench';

type Props = { project: Project; bench: Workbench; session: TaskSession; on: BenchVerbs; hints: Hints };

/** What is wanted now and then: history, the series, the labels as a file. */
export function MoreMenu({ project, bench: { editor }, session, on, hints }: Props) {
  const { task, isEditable } = session;
  const canCarry = isEditable && task.mode === 'label' && task.asset.kind === 'image';
  const save = () => {
    const text = fileText(editor.document.state, task, project.ontology.labels, new Date().toISOString());
    download(text, `${task.asset.name.replace(/\.[^.]*$/, '')}.labels.json`);
  };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={words.more}>
          <IconDots size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconVersions size={16} stroke={1.6} />}
          rightSection={<Key>{hints('history')}</Key>}
          onClick={on.verbs.history}
        >
          {words.history}
        </Menu.Item>
        {canCarry && (
          <Menu.Item
            leftSection={<IconStackForward size={16} stroke={1.6} />}
            rightSection={<Key>{hints('carryOn')}</Key>}
            onClick={on.verbs.carryOn}
          >
            {words.carryOn}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconDownload size={16} stroke={1.6} />} onClick={save}>
          {words.exportJson}
        </Menu.Item>
        {isEditable && (
          <Menu.Item
            leftSection={<IconUpload size={16} stroke={1.6} />}
            onClick={() => on.setLayer('import')}
          >
            {words.importJson}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Key({ children }: { children: string }) {
  return <span style={{ fontSize: 11, opacity: 0.9 }}>{children}</span>;
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(url));
}
