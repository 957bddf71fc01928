import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';

import { startTrack } from '@/canvas/document/track-commands';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { Headless } from '@/canvas/testing/headless';
import { renderApp } from '@/testing/render';
import type { Label } from '@/types/api';

import { AttributesForm } from './attributes-form';

const attribute = (id: string, type: string) => ({
  id,
  name: id,
  type,
  options: [],
  required: false,
  default: null,
});
const PERSON = {
  id: 'person',
  name: 'person',
  shapes: ['box', 'track'],
  attributes: [attribute('plate', 'text'), attribute('moves', 'bool')],
} as unknown as Label;

it('while a small picture stands in, fields keep focus and text, and nothing is taken from them', async () => {
  const user = userEvent.setup();
  const { editor } = new Headless();
  editor.setFrame(5, 100);
  editor.run(startTrack(editor.document.state, 'person', 5, boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 })));
  const [id = ''] = editor.document.state.tracks.keys();
  editor.select([id]);
  renderApp(<AttributesForm editor={editor} labels={[PERSON]} isEditable />);
  const plate = await screen.findByLabelText('plate');
  await user.type(plate, 'B-17');
  const { state } = editor.document;
  act(() => editor.cover(true));
  expect(screen.getByLabelText('plate')).toBe(plate);
  expect(plate).toHaveFocus();
  await user.keyboard('9{Enter}');
  expect(plate).toHaveFocus();
  expect(plate).toHaveValue('B-17');
  expect(editor.document.state).toBe(state);
  act(() => editor.cover(false));
  await user.keyboard('{Enter}');
  expect(editor.document.state.tracks.get(id)?.attributes).toMatchObject({ plate: 'B-17' });
  act(() => editor.cover(true));
  await user.click(screen.getByLabelText('moves'));
  expect(screen.getByLabelText('moves')).not.toBeChecked();
  expect(editor.document.state.tracks.get(id)?.attributes).toEqual({ plate: 'B-17' });
  // Locked, what was typed does not wait in the field.
  act(() => editor.cover(false));
  await user.type(plate, ' and more');
  act(() => editor.setFlagsOf([id], { locked: true }));
  expect(screen.getByLabelText('plate')).toBeDisabled();
  expect(screen.getByLabelText('plate')).toHaveValue('B-17');
});
