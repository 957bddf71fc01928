/** The upload queue's way to the server. */
import type { Memory, RemoteUpload, Transport } from '@/features/media/upload-queue';
import { api, idempotent, request, unwrap } from '@/lib/api-client';
import type { Schemas, Upload } from '@/types/api';

export type UploadOptions = NonNullable<Schemas['UploadCreateRequest']['options']>;

const remote = (upload: Upload): RemoteUpload => ({
  id: upload.id,
  received_bytes: upload.received_bytes ?? 0,
  state: upload.state,
  error: upload.error ?? '',
  report: { ...upload.report, refused: upload.report.refused ?? [] },
});

/** `options` are read when a file's turn comes, so that a choice made while sending counts for the rest. */
export function transportTo(projectId: string, options: () => UploadOptions): Transport {
  return {
    create: (filename, size, key) =>
      unwrap(
        api.POST('/api/v1/projects/{project_id}/uploads', {
          params: { path: { project_id: projectId } },
          body: { filename, size_bytes: size, options: options() },
          headers: idempotent(key),
        }),
      ).then(remote),
    get: (uploadId) =>
      unwrap(api.GET('/api/v1/uploads/{upload_id}', { params: { path: { upload_id: uploadId } } })).then(
        remote,
      ),
    // A raw body: openapi-fetch would write JSON.
    put: (uploadId, from, chunk, total) =>
      request<Upload>('PUT', `/uploads/${uploadId}/content`, {
        raw: chunk,
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Range': `bytes ${from}-${from + chunk.size - 1}/${total}`,
        },
      }).then(remote),
  };
}

const REMEMBERED_MAX = 500; // files of pages closed early are never crossed off

/** Unfinished uploads of one project, kept in this browser. */
export function browserMemory(projectId: string): Memory {
  const name = `siteloop.uploads.${projectId}`;
  const read = (): Record<string, string> => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? '{}') as Record<string, string>;
    } catch {
      return {}; // barred or damaged storage: uploads then begin anew
    }
  };
  return {
    get: (file) => read()[file] ?? null,
    set: (file, uploadId) => {
      const { [file]: _, ...others } = read();
      const rest = Object.fromEntries(Object.entries(others).slice(-REMEMBERED_MAX));
      try {
        localStorage.setItem(name, JSON.stringify(uploadId === null ? rest : { ...rest, [file]: uploadId }));
      } catch {
        // a full storage only costs the resuming after a reload
      }
    },
  };
}
