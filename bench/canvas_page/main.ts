/** The product's own editor on a bare page; bench/canvas.py drives it through `window.bench`. */

import { documentFromWire, type WireRegion } from '@/canvas/document/wire';
import { Editor } from '@/canvas/editor';
import { toScreen } from '@/canvas/viewport/viewport';
import { fromPair } from '@/canvas/geometry/points';
import { PictureCache } from '@/lib/pictures';

const [WIDTH, HEIGHT] = [3840, 2160];
const POINTS = 12;
/** As the workbench keeps them. */
const PICTURES_KEPT = 4;

// The editor is at rest when it has asked for no frame: frames asked for through here are counted.
let asked = 0;
const frame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => {
  asked += 1;
  return frame((now) => {
    asked -= 1;
    callback(now);
  });
};
window.cancelAnimationFrame = ((cancel) => (id: number) => {
  asked -= 1;
  cancel(id);
})(window.cancelAnimationFrame.bind(window));

const nextFrame = (): Promise<number> => new Promise((resolve) => frame(resolve));

async function rest(): Promise<void> {
  for (let still = 0; still < 3; still = asked === 0 ? still + 1 : 0) await nextFrame();
}

/** A small generator with a seed (mulberry32): the same scene in every run. */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function scene(count: number, seed: number): WireRegion[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, index) => {
    const [cx, cy, radius] = [60 + next() * (WIDTH - 120), 60 + next() * (HEIGHT - 120), 15 + next() * 40];
    const points = Array.from({ length: POINTS }, (_, k): [number, number] => {
      const [angle, reach] = [(k / POINTS) * 2 * Math.PI, radius * (0.75 + next() * 0.5)];
      return [cx + Math.cos(angle) * reach, cy + Math.sin(angle) * reach];
    });
    return {
      region_id: `r${String(index).padStart(5, '0')}`,
      label_id: `l${String(index % 8)}`,
      shape: 'polygon',
      geometry: { points },
      z_index: index,
    } as WireRegion;
  });
}

const stage = document.getElementById('stage') as HTMLElement;
const pictures = new PictureCache(PICTURES_KEPT);
const labels = Array.from({ length: 8 }, (_, i) => ({ id: `l${String(i)}`, name: `label ${String(i)}` }));
const editor = new Editor({ ontology: { labels } });
editor.attach(stage, { keys: 'none' });

/** Puts a task on the canvas; answers the milliseconds from data and decoded picture to its crisp drawing. */
async function open(count: number, seed: number, picture: string): Promise<number> {
  const regions = scene(count, seed);
  const bitmap = await pictures.get(picture);
  await rest();
  const start = performance.now();
  editor.loadDocument(documentFromWire({ regions, tags: [] }));
  editor.setImage(bitmap, WIDTH, HEIGHT);
  editor.fit();
  while (asked > 0) await nextFrame();
  return performance.now() - start;
}

function send(type: string, x: number, y: number, buttons: number): void {
  const init = { clientX: x, clientY: y, button: buttons || type === 'pointerup' ? 0 : -1, buttons };
  stage.dispatchEvent(new PointerEvent(type, { ...init, pointerId: 1, bubbles: true, pointerType: 'mouse' }));
}

/** One event a frame, as from a hand that never pauses. */
async function frames(count: number, each: (index: number) => void): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await nextFrame();
    performance.mark('gesture-frame');
    each(index);
  }
}

const wheel = (deltaY: number, shiftKey = false): boolean =>
  stage.dispatchEvent(
    new WheelEvent('wheel', { clientX: 700, clientY: 450, deltaY, shiftKey, bubbles: true, cancelable: true }),
  );

const gestures = {
  async pan(count: number) {
    editor.setTool('pan');
    send('pointerdown', 700, 450, 1);
    await frames(count, (i) => send('pointermove', 700 + 220 * Math.sin(i / 9), 450 + 140 * Math.sin(i / 13), 1));
    send('pointerup', 700, 450, 0);
    editor.setTool('select');
  },
  async zoom(count: number) {
    await frames(count, (i) => wheel(Math.floor(i / 15) % 2 ? 60 : -60));
  },
  /** A corner of one polygon, pulled over its neighbours with snapping on, at 100 %. */
  async drag(count: number) {
    editor.setViewport({ ...editor.viewport, scale: 1, x: -1200, y: -600 });
    const item = editor.itemsWithin({ x1: 1700, y1: 900, x2: 2100, y2: 1200 }).at(-1);
    if (item?.shape.type !== 'polygon') throw new Error('no polygon to drag');
    editor.select([item.id]);
    await rest();
    const from = toScreen(editor.viewport, fromPair(item.shape.points[0] ?? [0, 0]));
    performance.mark('gesture-begin');
    send('pointerdown', from.x, from.y, 1);
    await frames(count, (i) => send('pointermove', from.x + 90 * Math.sin(i / 7), from.y + 70 * Math.sin(i / 5), 1));
    send('pointerup', from.x + 30, from.y + 20, 0);
  },
};

async function gesture(name: keyof typeof gestures, count: number): Promise<void> {
  await rest();
  performance.mark('gesture-begin');
  await gestures[name](count);
  performance.mark('gesture-end');
  await rest();
  performance.mark('redraw-end');
}

Object.assign(window, { bench: { open, gesture, fit: () => editor.fit(), editor } });
