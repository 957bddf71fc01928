import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
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
  attributes: [attribute('plate', 'text'), attribute('seats', 'number'), attribute('moves', 'bool')],
} as unknown as Label;

/** The form over one selected track, seen at frame 5 of 100. */
async function typing() {
  const user = userEvent.setup();
  const { editor } = new Headless();
  editor.setFrame(5, 100);
  const box = boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 });
  for (let made = 0; made < 2; made += 1) editor.run(startTrack(editor.document.state, 'person', 5, box));
  const [id = '', other = ''] = editor.document.state.tracks.keys();
  editor.select([id]);
  let bar: () => void = () => undefined;
  function Desk() {
    const [isEditable, setEditable] = useState(true);
    bar = () => setEditable(false);
    return <AttributesForm editor={editor} labels={[PERSON]} isEditable={isEditable} />;
  }
  renderApp(<Desk />);
  const plate = await screen.findByLabelText('plate');
  const track = (of = id) => editor.document.state.tracks.get(of);
  const said = () =>
    track()?.keyframes.flatMap(({ frame, attributes }) => (attributes ? [{ frame, ...attributes }] : []));
  return { user, editor, id, other, plate, track, said, bar: () => bar() };
}

it('a small picture that stands in takes nothing from what is being typed, and lets nothing be begun', async () => {
  const { user, editor, plate, track } = await typing();
  await user.type(plate, 'B-1');
  act(() => editor.cover(true));
  expect(screen.getByLabelText('plate')).toBe(plate);
  expect(plate).toHaveFocus();
  await user.keyboard('79{Enter}');
  expect(track()?.attributes).toEqual({ plate: 'B-179' });
  expect(plate).not.toHaveFocus();
  await user.type(plate, 'lost');
  await user.type(screen.getByLabelText('seats'), '4');
  await user.click(screen.getByLabelText('moves'));
  await user.tab();
  expect(plate).toHaveValue('B-179');
  expect(screen.getByLabelText('moves')).not.toBeChecked();
  expect(track()?.attributes).toEqual({ plate: 'B-179' });
});

it.each([
  ['plate', 'B-17', 'B-17'],
  ['seats', '12', 12],
])(
  '%s typed from here on belongs to the frame it was begun on, not to the one shown when left',
  async (name, text, value) => {
    const { user, editor, said } = await typing();
    await user.click(screen.getByText('From here on'));
    await user.type(screen.getByLabelText(name), text.slice(0, 1));
    act(() => editor.setFrame(8, 100));
    expect(await screen.findByText('From frame 6 on')).toBeVisible();
    await user.type(screen.getByLabelText(name), text.slice(1));
    act(() => editor.cover(true));
    await user.tab();
    expect(said()).toEqual([{ frame: 5, [name]: value }]);
    expect(screen.queryByText('From frame 6 on')).toBeNull();
  },
);

it('what is being typed is written to its own object when another is selected, and not after Escape', async () => {
  const { user, editor, id, other, plate, track } = await typing();
  await user.type(plate, 'B-17');
  act(() => editor.select([other]));
  await waitFor(() => expect(track()?.attributes).toEqual({ plate: 'B-17' }));
  await user.type(screen.getByLabelText('plate'), 'C-3{Escape}');
  act(() => editor.select([id]));
  await waitFor(() => expect(screen.getByLabelText('plate')).toHaveValue('B-17'));
  expect(track(other)?.attributes).toEqual({});
});

it.each([
  ['-', { seats: 7 }],
  ['', {}],
])('a number of which "%s" is left is %o', async (left, kept) => {
  const { user, editor, id, track } = await typing();
  act(() => editor.setAttributesOf([id], { seats: 7 }));
  const seats = await screen.findByLabelText('seats');
  await user.clear(seats);
  if (left) await user.type(seats, left);
  await user.tab();
  expect(track()?.attributes).toEqual(kept);
});

it('what is being typed goes to those that were selected, also where one between is exchanged', async () => {
  const { user, editor, id, other, track } = await typing();
  const box = boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 });
  for (let made = 0; made < 2; made += 1) editor.run(startTrack(editor.document.state, 'person', 5, box));
  const [between = '', last = ''] = [...editor.document.state.tracks.keys()].slice(2);
  act(() => editor.select([id, other, last]));
  const plate = await screen.findByLabelText('plate');
  await user.type(plate, 'B-17');
  act(() => editor.select([id, between, last]));
  await waitFor(() => expect(track(other)?.attributes).toEqual({ plate: 'B-17' }));
  expect(track(between)?.attributes).toEqual({});
});

it('what is being typed is not written once nothing may be changed any more', async () => {
  const { user, plate, track, bar } = await typing();
  await user.type(plate, 'B-17');
  act(bar);
  await waitFor(() => expect(screen.getByLabelText('plate')).toBeDisabled());
  expect(track()?.attributes).toEqual({});
});

it('of a locked object nothing typed waits in the field', async () => {
  const { user, editor, id, plate } = await typing();
  await user.type(plate, 'B-17');
  act(() => editor.setFlagsOf([id], { locked: true }));
  expect(screen.getByLabelText('plate')).toBeDisabled();
  expect(screen.getByLabelText('plate')).toHaveValue('');
});
