/** How each label is drawn: its colour, its hatch, the template of its skeletons. */

import type { Ontology } from '../document/model';
import type { LabelStyle } from './paint';
import { paletteColor } from './palette';

export const UNKNOWN_STYLE: LabelStyle = { color: '#d0d0d0', name: '?', hatch: 0 };

export function stylesOf(ontology: Ontology): Map<string, LabelStyle> {
  return new Map(
    ontology.labels.map((label, index) => [
      label.id,
      {
        name: label.name,
        color: label.color ?? paletteColor(index),
        skeleton: label.skeleton,
        hatch: index,
      },
    ]),
  );
}
