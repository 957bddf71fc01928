/** Puts a diff on the canvas: every status × label is a label of its own, coloured by status or by label. */
import { documentFromWire, type WireRegion } from '@/canvas/document/wire';
import type { Editor } from '@/canvas/editor';
import type { Label } from '@/types/api';

import { DIFF_COLORS, type DiffRow, type DiffStatus } from './diff';

const STATUSES: DiffStatus[] = ['kept', 'changed', 'added', 'removed'];
const keyOf = (status: DiffStatus, labelId: string) => `${status}/${labelId}`;

/** The labels of what `showDiff` puts on the canvas, under their own names: for what lists it beside the picture. */
export const diffLabels = (labels: readonly Label[], isByChange: boolean): ReadonlyMap<string, Label> =>
  new Map(
    labels.flatMap((label) =>
      STATUSES.map((status) => [
        keyOf(status, label.id),
        isByChange ? { ...label, color: DIFF_COLORS[status] } : label,
      ]),
    ),
  );

export function showDiff(
  editor: Editor,
  rows: readonly DiffRow[],
  labels: readonly Label[],
  isByChange: boolean,
  statusName: Readonly<Record<DiffStatus, string>>,
): void {
  editor.setOntology({
    labels: labels.flatMap((label) =>
      STATUSES.map((status) => ({
        id: keyOf(status, label.id),
        name:
          isByChange && status !== 'kept' ? `${label.name}, ${statusName[status].toLowerCase()}` : label.name,
        color: isByChange ? DIFF_COLORS[status] : label.color,
      })),
    ),
  });
  const tagged = ({ status, region }: DiffRow): WireRegion => ({
    ...region,
    label_id: keyOf(status, region.label_id),
  });
  const there = rows.filter((row) => row.status !== 'removed').map(tagged);
  // What is gone is drawn dashed, as suggestions are.
  const gone = (isByChange ? rows : [])
    .filter((row) => row.status === 'removed')
    .map((row) => ({
      id: row.id,
      label_id: keyOf('removed', row.region.label_id),
      shape: row.region.shape,
      geometry: row.region.geometry,
      // A model's guess is not what is told here.
      score: null,
      state: 'open',
    }));
  editor.loadDocument(documentFromWire({ regions: there, tags: [] }, gone));
}
