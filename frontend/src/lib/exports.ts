/** Addresses of exports: the browser saves the streamed zip itself. */
import { API_PREFIX, withQuery, type Query } from '@/lib/api-client';

export type ExportFormat = 'coco' | 'yolo' | 'cvat' | 'siteloop';

export const EXPORT_FORMATS: { value: ExportFormat; label: string }[] = [
  { value: 'coco', label: 'COCO' },
  { value: 'yolo', label: 'YOLO' },
  { value: 'cvat', label: 'CVAT' },
  { value: 'siteloop', label: 'Siteloop' },
];

/** `of` names a frozen version (`dataset_version_id`) or carries the grid's filters. */
export function exportUrl(projectId: string, format: ExportFormat, images: boolean, of: Query): string {
  return withQuery(`${API_PREFIX}/projects/${projectId}/export`, { format, images, ...of });
}
