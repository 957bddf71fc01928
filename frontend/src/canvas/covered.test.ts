// @vitest-environment node
import { expect, it } from 'vitest';

import { startTrack } from './document/track-commands';
import { boxShape } from './geometry/shapes/box';
import { Headless } from './testing/headless';

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
