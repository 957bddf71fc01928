/** One file to the server in chunks, going on where a dropped connection left off. */
import { api, idempotent, newIdempotencyKey, request, unwrap } from '@/lib/api-client';
import { ApiError, toApiError } from '@/lib/api-error';
import type { Schemas } from '@/types/api';

type Upload = Schemas['Upload'];

const received = ({ received_bytes = 0 }: Upload) => received_bytes;

const CHUNK_BYTES = 4 * 1024 * 1024;
const TRIES_MAX = 6;
const BACKOFF_FIRST_MS = 1_000;

type Options = {
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
  wait?: (ms: number) => Promise<void>;
};

/**
 * The finished upload, kept as a file for whatever asks for it by id (an import, a model). Throws ApiError, or an
 * AbortError when `signal` says so.
 */
export async function sendFile(projectId: string, file: File, options: Options = {}): Promise<Upload> {
  const { onProgress, signal, wait = (ms) => new Promise((done) => setTimeout(done, ms)) } = options;
  let upload = await unwrap(
    api.POST('/api/v1/projects/{project_id}/uploads', {
      params: { path: { project_id: projectId } },
      body: { filename: file.name, size_bytes: file.size, options: { purpose: 'file' } },
      headers: idempotent(newIdempotencyKey()),
      signal,
    }),
  );
  for (let failures = 0; received(upload) < file.size;) {
    onProgress?.(received(upload) / file.size);
    try {
      upload = await putChunk(upload, file, signal);
      failures = 0;
    } catch (error) {
      const problem = toApiError(error);
      const isAborted = signal?.aborted || (error instanceof DOMException && error.name === 'AbortError');
      const place = problem.extra.received_bytes;
      if (typeof place === 'number' && place !== received(upload)) {
        upload = { ...upload, received_bytes: place };
        continue;
      }
      failures += 1;
      if (isAborted || !problem.isTransient || failures >= TRIES_MAX) throw error;
      await wait(BACKOFF_FIRST_MS * 2 ** failures);
    }
  }
  if (upload.state === 'failed') throw new ApiError(422, { message: upload.error });
  onProgress?.(1);
  return upload;
}

function putChunk(upload: Upload, file: File, signal?: AbortSignal): Promise<Upload> {
  const from = received(upload);
  const to = Math.min(from + CHUNK_BYTES, file.size);
  return request<Upload>('PUT', `/uploads/${upload.id}/content`, {
    raw: file.slice(from, to),
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Range': `bytes ${from}-${to - 1}/${file.size}`,
    },
    signal,
  });
}
