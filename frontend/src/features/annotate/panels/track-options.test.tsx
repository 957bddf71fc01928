import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';

import { startTrack } from '@/canvas/document/track-commands';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { listen } from '@/canvas/dom';
import { Headless } from '@/canvas/testing/headless';
import { renderApp } from '@/testing/render';

import { TrackOptions } from './track-options';

it('the menu of a track parts it; Esc closes the menu and leaves the track selected', async () => {
  const user = userEvent.setup();
  const { editor } = new Headless();
  const stop = listen(document.createElement('div'), editor, 'window', () => undefined);
  editor.setFrame(0, 100);
  editor.run(startTrack(editor.document.state, 'truck', 0, boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 })));
  const [id = ''] = editor.document.state.tracks.keys();
  editor.select([id]);
  editor.setFrame(10);
  renderApp(<TrackOptions editor={editor} selection={[id]} />);
  await user.click(await screen.findByRole('button', { name: 'Track' }));
  await screen.findByRole('menuitem', { name: /Split here/ });
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('menuitem')).toBeNull();
  expect(editor.selection).toEqual([id]);
  await user.click(screen.getByRole('button', { name: 'Track' }));
  await user.click(await screen.findByRole('menuitem', { name: /Split here/ }));
  expect(editor.document.state.tracks.size).toBe(2);
  stop();
});
