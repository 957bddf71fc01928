/** Addresses of exports: the browser saves the streamed zip itself. */
import { API_PREFIX, withQuery, type Query } from '@/lib/api-client';

export type ExportFormat = 'coco' | 'yolo' | 'cvat' | 'mot' | 'siteloop';

export const EXPORT_FORMATS: { value: ExportFormat; label: string }[] = [
  { value: 'coco', label: 'COCO' },
  { value: 'yolo', label: 'YOLO' },
  { value: 'cvat', label: 'CVAT' },
  { value: 'mot', label: 'MOT' },
  { value: 'siteloop', label: 'Siteloop' },
];

/** What a format holds, of pictures and of videos. */
export const EXPORT_HOLDS: Record<ExportFormat, string> = {
  coco: 'Pictures, and videos frame by frame: frame_000123.jpg is the frame at place 123, counted from 0.',
  yolo: 'Pictures with boxes and outlines. Videos are left out.',
  cvat: 'Pictures, and each video in a folder of its own with its tracks and their keyframes.',
  mot: 'Videos with a box for each object on every frame. Pictures and attributes are left out.',
  siteloop: 'Pictures and videos with everything that was said of them.',
};

/** `of` names a frozen version (`dataset_version_id`) or carries the grid's filters. */
export function exportUrl(projectId: string, format: ExportFormat, images: boolean, of: Query): string {
  return withQuery(`${API_PREFIX}/projects/${projectId}/export`, { format, images, ...of });
}
