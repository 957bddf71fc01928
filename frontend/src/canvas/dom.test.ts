import { expect, it } from 'vitest';

import { listen } from './dom';
import { box, Headless } from './testing/headless';

/** An element of that role with the focus in it, beside a canvas that hears the window's keys. */
function withFocusIn(role: string) {
  const h = new Headless({ regions: [box('a', 10, 10, 50, 50)] });
  h.editor.select(['a']);
  const host = document.body.appendChild(document.createElement('div'));
  host.setAttribute('role', role);
  const item = host.appendChild(document.createElement('button'));
  const stop = listen(document.createElement('div'), h.editor, 'window', () => undefined);
  const press = (key: string) =>
    item.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  return { editor: h.editor, press, end: () => (stop(), host.remove()) };
}

it.each(['menu', 'dialog'])('keys in a %s are not for the canvas', (role) => {
  const { editor, press, end } = withFocusIn(role);
  press('Escape');
  press('b');
  expect([editor.selection, editor.getSnapshot().tool]).toEqual([['a'], 'select']);
  end();
});

it('keys on a button are, as far as it has no use for them', () => {
  const { editor, press, end } = withFocusIn('toolbar');
  press('b');
  press('Enter');
  expect(editor.getSnapshot().tool).toBe('box');
  end();
});
