/** What jsdom lacks and Mantine asks for at mount; loaded before every test file. */
import '@testing-library/jest-dom/vitest';

import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

class NoResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

if (typeof window !== 'undefined') {
  window.matchMedia ??= (query: string): MediaQueryList => ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  });
  window.ResizeObserver ??= NoResizeObserver;
  window.scrollTo = () => undefined;
  window.HTMLElement.prototype.scrollIntoView ??= () => undefined;
  // jsdom has no canvas and says so loudly; what draws must take null and draw nothing.
  window.HTMLCanvasElement.prototype.getContext = () => null;
  // A text field that grows asks when fonts are there.
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
}

afterEach(() => {
  cleanup();
});
