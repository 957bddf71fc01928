import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';

import { startTrack } from '@/canvas/document/track-commands';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { Headless } from '@/canvas/testing/headless';
import { fakeApi } from '@/testing/fake-api';
import { renderApp } from '@/testing/render';

import type { BenchVerbs } from '../use-bench-verbs';
import { compareWith } from '../work/compared';
import type { TaskSession } from '../work/task-session';
import type { Workbench } from '../work/workbench';
import { HistoryPanel } from './history-panel';

const ENTRY = {
  id: 'r1',
  number: 1,
  source: 'person',
  author: { id: 'u1', name: 'Ana' },
  policy_id: null,
  merged_of: null,
  of_test: false,
  late: false,
  created_at: '2026-05-04T10:00:00Z',
  changes: { added: 0, removed: 0, changed: 0, tags_added: [], tags_removed: [] },
  decisions: [],
};

it('a revision is restored while a small picture stands in for the frame: it is of all frames', async () => {
  fakeApi({ 'GET /tasks/t1/revisions': { results: [ENTRY], next: null } });
  const { editor } = new Headless();
  editor.setFrame(5, 100);
  editor.run(startTrack(editor.document.state, 'person', 5, boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 })));
  const compared = compareWith(1, { regions: [], tags: [] }, editor.document.state, new Map());
  editor.cover(true);
  const on = { compared, compare: vi.fn(), say: vi.fn() };
  renderApp(
    <HistoryPanel
      bench={{ editor } as unknown as Workbench}
      session={{ task: { id: 't1' }, isEditable: true } as unknown as TaskSession}
      labels={new Map()}
      on={on as unknown as BenchVerbs}
    />,
  );
  await userEvent.click(await screen.findByRole('button', { name: 'Restore it' }));
  await waitFor(() => expect(on.compare).toHaveBeenCalledWith(null));
  expect(editor.document.state.tracks.size).toBe(0);
  expect(on.say).toHaveBeenCalledWith(expect.objectContaining({ title: 'Revision 1 restored' }));
  editor.cover(false);
  editor.undo();
  expect(editor.document.state.tracks.size).toBe(1);
});
