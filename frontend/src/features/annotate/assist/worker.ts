/** The assist's decoder off the main thread. Thin: everything it does is in `desk.ts`. */
import * as ort from 'onnxruntime-web/wasm';
import loaderUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

import { Desk } from './desk';
import type { FromWorker, ToWorker } from './messages';
import type { Pixels } from './prompts';

type Scope = {
  postMessage: (message: FromWorker) => void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};
const scope = self as unknown as Scope;

async function got(url: string): Promise<Response> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The server answered ${String(response.status)}.`);
  return response;
}

/** The picture's own bytes, as Python reads them: turned upright, colours left as they are. */
async function pixels(url: string): Promise<Pixels> {
  const blob = await (await got(url)).blob();
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) throw new Error('This browser draws no pictures off the page.');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

/** Messages that wait are handled before this ends. */
const { port1, port2 } = new MessageChannel();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });

const desk = new Desk({
  runtime: (threads) => {
    ort.env.wasm.numThreads = threads;
    // From our own origin, and as files of their own: several threads load them again.
    ort.env.wasm.wasmPaths = { mjs: loaderUrl, wasm: wasmUrl };
    return Promise.resolve(ort);
  },
  fetch: async (url) => (await got(url)).arrayBuffer(),
  pixels,
  say: (message) => scope.postMessage(message),
  now: () => performance.now(),
  breathe,
});

scope.onmessage = ({ data }) => {
  // Held as long as this worker lives; absent over plain http.
  if (data.do === 'open' && 'locks' in navigator) {
    void navigator.locks.request(data.lock, () => {
      scope.postMessage({ say: 'holds' });
      return new Promise<never>(() => undefined);
    });
  }
  desk.hear(data);
};
