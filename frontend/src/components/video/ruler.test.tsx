import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Ruler } from './ruler';

const held = new Set<Element>();

beforeEach(() => {
  // jsdom captures no pointers.
  Object.assign(Element.prototype, {
    setPointerCapture(this: Element) {
      held.add(this);
    },
    hasPointerCapture(this: Element) {
      return held.has(this);
    },
  });
});
afterEach(() => held.clear());

function ruler() {
  const [onSeek, onDrag] = [vi.fn(), vi.fn()];
  render(
    <MantineProvider>
      <Ruler
        ref={null}
        view={{ from: 0, to: 100 }}
        reach={{ first: 0, last: 99 }}
        frame={0}
        times={[]}
        strip={null}
        {...{ onSeek, onDrag }}
      />
    </MantineProvider>,
  );
  const slider = screen.getByRole('slider');
  slider.getBoundingClientRect = () => new DOMRect(0, 0, 100, 20);
  return { onSeek, onDrag, slider };
}

it('is dragged only by a hand that took hold of it', () => {
  const { slider, onSeek, onDrag } = ruler();
  fireEvent.pointerMove(slider, { buttons: 1, clientX: 40 });
  expect(onDrag).not.toHaveBeenCalled();
  fireEvent.pointerDown(slider, { buttons: 1 });
  fireEvent.pointerMove(slider, { buttons: 1, clientX: 40 });
  expect([onSeek.mock.calls.length, onDrag.mock.calls.length]).toEqual([1, 1]);
});
