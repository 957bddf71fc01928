/** What can be done to selected outlines and masks beside drawing on. */
import type { Region } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import type { Label } from '@/types/api';

export type MaskVerb = { label: string; about: string; hint: string; onClick: () => void };

export function maskVerbs(
  _editor: Editor,
  _regions: readonly Region[],
  _labels: readonly Label[],
): MaskVerb[] {
  return [];
}
