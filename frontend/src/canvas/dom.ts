/** Listens to the browser on behalf of an editor: pointers, wheel, keys, size. Nothing here knows a tool. */

import { isTyping, usesKeyItself } from './focus';
import type { Size } from './geometry/points';
import type { EditorRouter } from './router';
import { touchListener } from './touch-listener';

const LINE_PX = 16;
/** A pinch on a trackpad comes as small ctrl-wheel steps. */
const PINCH_GAIN = 5;

/** Connects `editor` with `container`; `onResize` hears the first size too. Returns the way to disconnect. */
export function listen(
  container: HTMLElement,
  editor: EditorRouter,
  keys: 'window' | 'container' | 'none',
  onResize: (size: Size) => void,
): () => void {
  const end = new AbortController();
  const { signal } = end;

  const send = (type: 'down' | 'move' | 'up' | 'double' | 'leave', event: MouseEvent): void => {
    const frame = container.getBoundingClientRect();
    editor.pointer(type, event.clientX - frame.left, event.clientY - frame.top, {
      button: Math.max(0, event.button),
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
    });
    container.style.cursor = editor.cursor();
  };

  const isTouch = touchListener(container, editor, signal);
  container.addEventListener(
    'pointerdown',
    (event) => {
      container.focus({ preventScroll: true });
      container.setPointerCapture(event.pointerId);
      if (!isTouch(event)) send('down', event);
    },
    { signal },
  );
  // The middle button would start the browser's own scrolling.
  container.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault(), {
    signal,
  });
  container.addEventListener('pointermove', (event) => isTouch(event) || send('move', event), { signal });
  container.addEventListener('pointerup', (event) => isTouch(event) || send('up', event), { signal });
  container.addEventListener('pointercancel', (event) => isTouch(event) || editor.pointerCancel(), {
    signal,
  });
  container.addEventListener('pointerleave', (event) => isTouch(event) || send('leave', event), { signal });
  container.addEventListener('dblclick', (event) => send('double', event), { signal });
  container.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  container.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const frame = container.getBoundingClientRect();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
      const delta = (event.deltaY || event.deltaX) * unit;
      if (event.shiftKey) editor.panBy(-delta, 0);
      else {
        const gain = event.ctrlKey ? PINCH_GAIN : 1;
        editor.wheel(event.clientX - frame.left, event.clientY - frame.top, delta * gain);
      }
    },
    { signal, passive: false },
  );

  if (keys !== 'none') {
    const target: HTMLElement | Window = keys === 'window' ? window : container;
    target.addEventListener(
      'keydown',
      (event) => {
        if (!(event instanceof KeyboardEvent) || event.defaultPrevented) return;
        if (isTyping(event.target) || usesKeyItself(event.target, event)) return;
        if (editor.handleKey(event)) event.preventDefault();
        container.style.cursor = editor.cursor();
      },
      { signal },
    );
    target.addEventListener(
      'keyup',
      (event) => {
        if (event instanceof KeyboardEvent) editor.handleKeyUp(event);
      },
      { signal },
    );
  }

  // A key let go in another window is never heard of.
  window.addEventListener('blur', () => editor.handleKeyUp({ key: ' ' }), { signal });

  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = container;
    if (width > 0 && height > 0) onResize({ width, height });
  });
  observer.observe(container);
  signal.addEventListener('abort', () => observer.disconnect());
  return () => end.abort();
}
