import { describe, expect, it, vi } from 'vitest';

import {
  CHUNK_BYTES,
  totals,
  UploadQueue,
  type Memory,
  type RemoteUpload,
} from '@/features/media/upload-queue';
import { ApiError } from '@/lib/api-error';

const REPORT = { added: 1, duplicates: 0, skipped: 0, refused_count: 0, refused: [] };
const file = (name: string, size: number) => new File([new Uint8Array(size)], name, { lastModified: 1 });
const gone = () => new ApiError(0, {});

/** A server that keeps uploads in memory; `trouble` runs before each chunk is taken. */
class FakeServer {
  uploads = new Map<string, RemoteUpload & { total: number }>();
  puts: [id: string, from: number, bytes: number][] = [];
  trouble: (from: number) => void = () => undefined;

  transport = {
    create: (name: string, total: number) => {
      const upload = { id: `up-${name}`, received_bytes: 0, state: 'open', error: '', report: REPORT, total };
      this.uploads.set(upload.id, upload);
      return Promise.resolve({ ...upload });
    },
    get: (id: string) => {
      const upload = this.uploads.get(id);
      return upload ? Promise.resolve({ ...upload }) : Promise.reject(new ApiError(404, {}));
    },
    put: async (id: string, from: number, chunk: Blob) => {
      this.trouble(from);
      const upload = this.uploads.get(id)!;
      this.puts.push([id, from, chunk.size]);
      upload.received_bytes = from + chunk.size;
      if (upload.received_bytes === upload.total) upload.state = 'done';
      return Promise.resolve({ ...upload });
    },
  };
}

function memory(): Memory & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: (mark) => kept.get(mark) ?? null,
    set: (mark, id) => void (id === null ? kept.delete(mark) : kept.set(mark, id)),
  };
}

const noWait = () => Promise.resolve();
const finished = (queue: UploadQueue) =>
  vi.waitFor(() => {
    const { items } = queue.read();
    if (!items.every(({ state }) => state === 'done' || state === 'failed')) throw new Error('not yet');
    return items;
  });

describe('UploadQueue', () => {
  it('sends a file in chunks, in order, and reports what became of it', async () => {
    const server = new FakeServer();
    const queue = new UploadQueue(server.transport, memory(), noWait);
    queue.add([{ file: file('a.jpg', CHUNK_BYTES + 10), name: 'a.jpg' }]);
    const [item] = await finished(queue);
    expect(server.puts).toEqual([
      ['up-a.jpg', 0, CHUNK_BYTES],
      ['up-a.jpg', CHUNK_BYTES, 10],
    ]);
    expect(item).toMatchObject({ state: 'done', sent: CHUNK_BYTES + 10, report: { added: 1 } });
  });

  it('goes on where the server is after the connection was lost', async () => {
    const server = new FakeServer();
    let broken = true;
    server.trouble = (from) => {
      if (from > 0 && broken) {
        broken = false;
        throw gone();
      }
    };
    const queue = new UploadQueue(server.transport, memory(), noWait);
    queue.add([{ file: file('a.zip', 2 * CHUNK_BYTES), name: 'a.zip' }]);
    await finished(queue);
    expect(server.puts.map(([, from]) => from)).toEqual([0, CHUNK_BYTES]);
  });

  it('goes on with the upload of before when the page was reloaded', async () => {
    const server = new FakeServer();
    const kept = memory();
    const big = file('film.mp4', 3 * CHUNK_BYTES);
    await server.transport.create('film.mp4', big.size);
    server.uploads.get('up-film.mp4')!.received_bytes = 2 * CHUNK_BYTES;
    kept.set(`film.mp4|${big.size}|1`, 'up-film.mp4');
    const queue = new UploadQueue(server.transport, kept, noWait);
    queue.add([{ file: big, name: 'film.mp4' }]);
    await finished(queue);
    expect(server.puts.map(([, from]) => from)).toEqual([2 * CHUNK_BYTES]);
    expect(kept.kept.size).toBe(0);
  });

  it('opens a new upload when the remembered one is not there any more', async () => {
    const server = new FakeServer();
    const kept = memory();
    kept.set('a.jpg|10|1', 'up-swept');
    const queue = new UploadQueue(server.transport, kept, noWait);
    queue.add([{ file: file('a.jpg', 10), name: 'a.jpg' }]);
    const [item] = await finished(queue);
    expect(item?.state).toBe('done');
    expect(server.puts).toEqual([['up-a.jpg', 0, 10]]);
  });

  it('jumps to where the server says when a chunk does not fit', async () => {
    const server = new FakeServer();
    let first = true;
    server.trouble = (from) => {
      if (from === 0 && first) {
        first = false;
        throw new ApiError(409, { code: 'upload_out_of_order', received_bytes: CHUNK_BYTES });
      }
    };
    const queue = new UploadQueue(server.transport, memory(), noWait);
    queue.add([{ file: file('a.zip', 2 * CHUNK_BYTES), name: 'a.zip' }]);
    await finished(queue);
    expect(server.puts.map(([, from]) => from)).toEqual([CHUNK_BYTES]);
  });

  it('gives up on what trying again cannot mend, says why, and can be asked again', async () => {
    const server = new FakeServer();
    const create = vi.spyOn(server.transport, 'create');
    create.mockRejectedValueOnce(new ApiError(413, { message: 'Larger than 4 GB.' }));
    const queue = new UploadQueue(server.transport, memory(), noWait);
    queue.add([{ file: file('a.zip', 10), name: 'a.zip' }]);
    const [item] = await finished(queue);
    expect(item).toMatchObject({ state: 'failed', error: 'Larger than 4 GB.' });
    queue.retryFailed();
    const [again] = await finished(queue);
    expect(again?.state).toBe('done');
    expect(new Set(create.mock.calls.map((call) => (call as unknown[])[2])).size).toBe(2);
  });

  it('adds a file once, refuses an empty one, and stays quiet while paused', async () => {
    const server = new FakeServer();
    const queue = new UploadQueue(server.transport, memory(), noWait);
    queue.pause();
    const one = { file: file('a.jpg', 5), name: 'day1/a.jpg' };
    queue.add([one, one, { file: file('none.jpg', 0), name: 'none.jpg' }]);
    queue.add([one]);
    expect(queue.read().items.map(({ name, state }) => [name, state])).toEqual([
      ['day1/a.jpg', 'waiting'],
      ['none.jpg', 'failed'],
    ]);
    expect(server.puts).toEqual([]);
    queue.resume();
    const items = await finished(queue);
    expect(totals(items)).toMatchObject({ files: 2, added: 1, failed: 1, refused: 1 });
  });
});
