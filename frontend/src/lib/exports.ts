/** Addresses of exports: the browser saves the streamed zip itself. */
import { API_PREFIX, withQuery, type Query } from '@/lib/api-client';

export type ExportFormat = 'coco' | 'yolo';

export const EXPORT_FORMATS: { value: ExportFormat; label: string }[] = [
  { value: 'coco', label: 'COCO' },
  { value: 'yolo', label: 'YOLO' },
];

/** `of` names a frozen version (`dataset_version_id`) or carries the grid's filters. */
export function exportUrl(projectId: string, format: ExportFormat, images: boolean, of: Query): string {
  return withQuery(`${API_PREFIX}/projects/${projectId}/export`, { format, images, ...of });
}
