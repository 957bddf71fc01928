/** What each kind of model is judged by on blind pictures, and under which name a report holds it. */
export const MEASURES = {
  detect: { name: 'AP50', key: 'ap50' },
  instance: { name: 'mask AP50', key: 'mask_ap50' },
  segment: { name: 'mean IoU', key: 'miou' },
  classify: { name: 'accuracy', key: 'accuracy' },
  assist: { name: 'IoU', key: 'iou' },
} as const;

type ModelKind = keyof typeof MEASURES;

export const isModelKind = (kind: unknown): kind is ModelKind => typeof kind === 'string' && kind in MEASURES;

/** "AP50"; that of a detector where the kind is one this page does not know. */
export const measureOf = (kind: string): string => MEASURES[isModelKind(kind) ? kind : 'detect'].name;

/** At the start of a line. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
