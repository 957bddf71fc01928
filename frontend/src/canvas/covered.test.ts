// @vitest-environment node
import { expect, it } from 'vitest';

import { setKeyframe, startTrack } from './document/track-commands';
import type { Editor } from './editor';
import { boxShape } from './geometry/shapes/box';
import { Headless } from './testing/headless';
import { refusals } from './words';

/** A selected track at frame 5 of a video, under a small picture of another frame. */
function covered() {
  const h = new Headless();
  h.editor.setFrame(5, 100);
  h.editor.run(startTrack(h.editor.document.state, 'truck', 5, boxShape({ x1: 10, y1: 10, x2: 40, y2: 40 })));
  h.editor.select([...h.editor.document.state.tracks.keys()]);
  h.editor.cover(true);
  return h;
}

it.each(['Ctrl+X', 'Ctrl+D', 'Ctrl+V', 'Delete', 'K', 'O', 'ArrowLeft', 'Alt+ArrowLeft', '1', 'B', 'Q'])(
  'while the frame shown is covered %s changes nothing, and nothing comes of it in the browser',
  (chord) => {
    const h = covered();
    h.editor.copy();
    const { state } = h.editor.document;
    const before = h.editor.getSnapshot();
    expect(h.key(chord)).toBe(true);
    expect(h.editor.document.state).toBe(state);
    expect(h.editor.getSnapshot()).toBe(before);
    h.editor.cover(false);
    h.key(chord);
    expect(h.editor.getSnapshot()).not.toBe(before);
  },
);

it.each<[string, (editor: Editor, id: string) => unknown]>([
  ['deletes', (editor) => editor.deleteSelection()],
  ['hides', (editor, id) => editor.setFlagsOf([id], { hidden: true })],
  ['leaves', (editor) => editor.perform('outside')],
  ['ends', (editor) => editor.endSelectionHere()],
  ['splits', (editor) => editor.splitSelection()],
  ['stays for the next frames', (editor) => editor.holdSelection(10)],
  ['has an attribute from here on', (editor, id) => editor.setAttributesOf([id], { load: 'full' }, true)],
  ['begins elsewhere', (editor, id) => editor.moveEdge(id, { from: 5, to: null }, 'start', 2)],
  ['is a tag from here on', (editor) => editor.startTag('night')],
  ['is drawn', (editor) => editor.create(boxShape({ x1: 50, y1: 50, x2: 90, y2: 90 }), 'Draw box')],
])('buttons change nothing meanwhile, and it is said why: %s', (_, press) => {
  const h = covered();
  const { state } = h.editor.document;
  const [id = ''] = h.editor.selection;
  press(h.editor, id);
  expect(h.editor.document.state).toBe(state);
  expect(h.editor.selection).toEqual([id]);
  expect(h.editor.getSnapshot()).toMatchObject({ isCovered: true, notice: { text: refusals.unseen } });
  h.editor.cover(false);
  expect(h.editor.getSnapshot()).toMatchObject({ isCovered: false, notice: null });
});

it('a drag that was begun before changes nothing either', () => {
  const h = covered();
  h.editor.cover(false);
  h.begin([
    [20, 20],
    [60, 60],
  ]);
  const { state } = h.editor.document;
  h.editor.cover(true);
  h.editor.pointer('up', 60, 60);
  expect(h.editor.document.state).toBe(state);
  expect(h.editor.preview).toBeNull();
});

it('what comes by itself is taken, and undo gives exactly what was before', () => {
  const h = covered();
  const [id = ''] = h.editor.selection;
  const before = h.editor.document.data();
  expect(h.editor.take(setKeyframe(h.editor.document.state, id, 20))).toBe(true);
  h.editor.undo();
  expect(h.editor.document.data()).toEqual(before);
});

it('undo, redo and the view go on, and what means nothing here is left to the browser', () => {
  const h = covered();
  expect(['F5', 'F11', 'Ctrl+R', 'Alt+D'].map((chord) => h.key(chord))).toEqual([false, false, false, false]);
  const { scale } = h.editor.viewport;
  h.key('=');
  expect(h.editor.viewport.scale).toBeGreaterThan(scale);
  h.key('Ctrl+Z');
  expect(h.editor.document.state.tracks.size).toBe(0);
  // With nothing selected it is the browser's way back.
  expect(h.key('Alt+ArrowLeft')).toBe(false);
  h.key('Ctrl+Y');
  expect(h.editor.document.state.tracks.size).toBe(1);
});
