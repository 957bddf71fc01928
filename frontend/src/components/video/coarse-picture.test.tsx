import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';

import { Editor } from '@/canvas/editor';
import { ONTOLOGY } from '@/canvas/testing/headless';

import { CoarsePicture } from './coarse-picture';

const STRIP = { url: '/strip', frames: [0, 10, 20], columns: 3, tile_width: 100, tile_height: 50 };
const SIZE = { width: 400, height: 200 };

function stage(editor: Editor, wish: number) {
  return <CoarsePicture {...{ editor, wish }} strip={STRIP} size={SIZE} shown={0} isDragged />;
}

it('covers the frame as long as it lies over it, and takes no key from buttons or the browser', () => {
  const editor = new Editor({ ontology: ONTOLOGY });
  const { rerender, unmount } = render(stage(editor, 19));
  expect(screen.getByText(/Preview of frame/)).toBeInTheDocument();
  expect(editor.isCovered).toBe(true);
  const keys = ['F5', 'F11', 'Enter', ' ', 'ArrowLeft'].map(
    (key) => new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );
  for (const event of keys) document.body.dispatchEvent(event);
  expect(keys.filter((event) => event.defaultPrevented)).toEqual([]);
  // The frame that was left lies as near: nothing stands in.
  rerender(stage(editor, 1));
  expect(editor.isCovered).toBe(false);
  rerender(stage(editor, 19));
  expect(editor.isCovered).toBe(true);
  unmount();
  expect(editor.isCovered).toBe(false);
});
