/** Paints crops off the page's thread, which has keys to answer: fetches and decodes pictures, cuts, encodes. */
import { loadPicture, PictureCache } from '@/lib/pictures';

import { paintCrop, SIDE_PX, type WantedCrop } from './crop-paint';

export type CropAsked = { readonly id: number; readonly wanted: WantedCrop | null };
export type CropSaid = { readonly id: number; readonly blob: Blob | null };

type Scope = {
  postMessage: (message: CropSaid) => void;
  onmessage: ((event: MessageEvent<CropAsked>) => void) | null;
};
const scope = self as unknown as Scope;

const PICTURES_KEPT = 24;
/** While one waits for its picture the other draws. */
const AT_ONCE = 2;
const QUALITY = 0.92;

const pictures = new PictureCache(PICTURES_KEPT, loadPicture, false);
/** In the order they were asked for. */
const waiting = new Map<number, WantedCrop>();
let running = 0;

async function painted(wanted: WantedCrop): Promise<Blob> {
  const bitmap = await pictures.get(wanted.url);
  const canvas = new OffscreenCanvas(SIDE_PX, SIDE_PX);
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new Error('This browser draws no pictures off the page.');
  paintCrop(pen, bitmap, wanted);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

async function run(): Promise<void> {
  if (running >= AT_ONCE) return;
  running += 1;
  for (let [next] = waiting; next; [next] = waiting) {
    const [id, wanted] = next;
    waiting.delete(id);
    scope.postMessage({ id, blob: await painted(wanted).catch(() => null) });
  }
  running -= 1;
}

scope.onmessage = ({ data: { id, wanted } }) => {
  if (!wanted) return void waiting.delete(id);
  waiting.set(id, wanted);
  void run();
};
