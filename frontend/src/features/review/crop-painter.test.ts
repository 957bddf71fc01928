import { describe, expect, it, vi } from 'vitest';

import { wantedCrop, type WantedCrop } from './crop-paint';
import { CropPainter, type CropWorker } from './crop-painter';
import type { CropAsked } from './crop-worker';
import type { GridSuggestion } from '@/types/annotation';

const wanted: WantedCrop = { url: '/a', object: null, width: 4, height: 3, color: '#fff' };

function painter() {
  const heard: CropAsked[] = [];
  const worker: CropWorker = {
    postMessage: (message: CropAsked) => void heard.push(message),
    terminate: vi.fn(),
    onmessage: null,
    onerror: null,
  };
  const failed = vi.fn();
  const say = (id: number, blob: Blob | null) =>
    worker.onmessage?.(new MessageEvent('message', { data: { id, blob } }));
  return { painter: new CropPainter(failed, () => worker), worker, heard, say, failed };
}

describe('the painter of crops', () => {
  it('shows each answer where it was asked for, and nothing where there is none', () => {
    const { painter: it_, say } = painter();
    const [one, two] = [vi.fn(), vi.fn()];
    it_.ask(wanted, one);
    it_.ask(wanted, two);
    const blob = new Blob(['x']);
    say(2, blob);
    say(1, null);
    expect(two).toHaveBeenCalledWith(blob);
    expect(one).not.toHaveBeenCalled();
  });

  it('tells the worker what is wanted no more, once', () => {
    const { painter: it_, heard, say } = painter();
    const show = vi.fn();
    const stop = it_.ask(wanted, show);
    stop();
    stop();
    say(1, new Blob(['x']));
    expect(heard).toEqual([
      { id: 1, wanted },
      { id: 1, wanted: null },
    ]);
    expect(show).not.toHaveBeenCalled();
  });

  it('says once that the browser paints none', () => {
    const { painter: it_, worker, failed } = painter();
    it_.ask(wanted, vi.fn());
    worker.onerror?.(new ErrorEvent('error'));
    worker.onerror?.(new ErrorEvent('error'));
    expect(failed).toHaveBeenCalledOnce();
  });

  it('begins anew after it was stopped', () => {
    const { painter: it_, worker, heard } = painter();
    it_.ask(wanted, vi.fn());
    it_.stop();
    expect(worker.terminate).toHaveBeenCalledOnce();
    it_.ask(wanted, vi.fn());
    expect(heard).toHaveLength(2);
  });
});

describe('what a crop shows', () => {
  const asset = { image_url: '/i', thumbnail_url: '/t', kind: 'image', width: 8, height: 6 };
  it.each([
    ['box', 'image', '/i', true],
    ['tag', 'image', '/t', false],
    ['box', 'video', '/t', false],
  ])('of a %s on a %s', (shape, kind, url, hasObject) => {
    const geometry = { box: [0, 0, 1, 1] };
    const row = { asset: { ...asset, kind }, shape, geometry } as unknown as GridSuggestion;
    const crop = wantedCrop(row, '#123456');
    expect(crop).toMatchObject({ url, width: 8, height: 6, color: '#123456' });
    expect(crop.object).toEqual(hasObject ? { shape, geometry } : null);
  });
});
