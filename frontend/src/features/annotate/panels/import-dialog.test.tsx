import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';

import { stateOf, type Track } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { Headless } from '@/canvas/testing/headless';
import { renderApp } from '@/testing/render';
import type { OpenTask } from '@/types/annotation';
import type { Label } from '@/types/api';

import { fileText } from '../work/task-file';
import type { TaskSession } from '../work/task-session';
import { ImportDialog } from './import-dialog';

const PERSON = {
  id: 'person',
  name: 'Person',
  color: '#fff',
  shapes: ['box', 'track'],
  attributes: [],
} as unknown as Label;
const task = {
  id: 't1',
  project_id: 'p1',
  asset: { id: 'v1', kind: 'video', name: 'dock.mp4', width: 400, height: 300 },
} as unknown as OpenTask;
const track: Track = {
  id: '0b9e9d8c-0000-4000-8000-000000000001',
  labelId: 'person',
  attributes: {},
  source: 'person',
  suggestionId: null,
  hidden: false,
  locked: false,
  keyframes: [
    { frame: 3, shape: boxShape({ x1: 10, y1: 10, x2: 40, y2: 40 }), outside: false, occluded: false },
  ],
};

it('a file is taken while a small picture stands in for the frame: it is of all frames', async () => {
  const user = userEvent.setup();
  const text = fileText(stateOf({ tracks: [track] }), task, [PERSON], '2026-05-04T10:00:00Z');
  const { editor } = new Headless();
  editor.setFrame(5, 100);
  editor.cover(true);
  const onDone = vi.fn();
  renderApp(
    <ImportDialog
      onClose={() => undefined}
      session={{ task } as unknown as TaskSession}
      editor={editor}
      labels={new Map([['person', PERSON]])}
      onDone={onDone}
    />,
  );
  await screen.findByRole('button', { name: /Choose/ });
  const field = document.querySelector<HTMLInputElement>('input[type=file]');
  await user.upload(field!, new File([text], 'dock.json', { type: 'application/json' }));
  await user.click(await screen.findByRole('button', { name: 'Import' }));
  const ids = [...editor.document.state.tracks.keys()];
  expect(ids).toHaveLength(1);
  expect(editor.selection).toEqual(ids);
  expect(onDone).toHaveBeenCalledWith(expect.objectContaining({ title: 'Imported', isGood: true }));
});
