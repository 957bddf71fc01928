/** An editor without DOM at a known view, for tests: one image pixel is one screen pixel, no offset. */

import type { DocumentData, Keyframe, Ontology, Region, Suggestion } from '../document/model';
import { Editor } from '../editor';
import { boxShape } from '../geometry/shapes/box';
import { polygonShape } from '../geometry/shapes/paths';
import type { DraftOp } from '../document/ops';
import type { PointerModifiers } from '../router';

export const ONTOLOGY: Ontology = {
  labels: [
    { id: 'person', name: 'person' },
    { id: 'helmet', name: 'helmet' },
    { id: 'spill', name: 'spill', shapes: ['polygon'] },
    { id: 'night', name: 'night', shapes: ['tag'] },
    {
      id: 'worker',
      name: 'worker',
      shapes: ['skeleton'],
      skeleton: {
        points: [
          { name: 'head', x: 0.5, y: 0 },
          { name: 'left hand', x: 0, y: 0.5 },
          { name: 'right hand', x: 1, y: 0.5 },
          { name: 'feet', x: 0.5, y: 1 },
        ],
        edges: [
          [0, 1],
          [0, 2],
          [0, 3],
        ],
      },
    },
    {
      id: 'truck',
      name: 'truck',
      shapes: ['box', 'polygon', 'track'],
      attributes: [
        { id: 'load', default: 'empty', required: true },
        { id: 'plate', required: true },
      ],
    },
  ],
};

export function box(
  id: string,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  extra: Partial<Region> = {},
): Region {
  return {
    id,
    labelId: 'person',
    shape: boxShape({ x1, y1, x2, y2 }),
    attributes: {},
    source: 'person',
    suggestionId: null,
    score: null,
    hidden: false,
    locked: false,
    zIndex: 0,
    occluded: false,
    groupId: null,
    ...extra,
  };
}

export function triangle(id: string): Region {
  return box(id, 0, 0, 0, 0, {
    shape: polygonShape([
      [10, 10],
      [110, 10],
      [10, 90],
    ]),
  });
}

/** A box that goes one pixel to the right with each frame. */
export function keyframeAt(frame: number, extra: Partial<Keyframe> = {}): Keyframe {
  return {
    frame,
    shape: boxShape({ x1: frame, y1: 0, x2: frame + 10, y2: 10 }),
    outside: false,
    occluded: false,
    ...extra,
  };
}

export function suggestion(id: string, score: number, x1 = 20, y1 = 20, x2 = 60, y2 = 60): Suggestion {
  const shape = boxShape({ x1, y1, x2, y2 });
  return { id, labelId: 'helmet', shape, attributes: {}, score, status: 'open', regionId: null };
}

export class Headless {
  readonly editor: Editor;
  readonly ops: DraftOp[] = [];

  constructor(document: DocumentData = {}) {
    this.editor = new Editor({ ontology: ONTOLOGY, document });
    this.editor.setImage(null, 400, 300);
    this.editor.viewport = { scale: 1, x: 0, y: 0, width: 400, height: 300 };
    this.editor.onOps((ops) => this.ops.push(...ops));
  }

  get regions(): readonly Region[] {
    return this.editor.document.data().regions;
  }

  get path(): string {
    return this.editor.getSnapshot().toolPath;
  }

  /** Press at the first point, move over the others, release at the last. */
  drag(points: readonly (readonly [number, number])[], how: PointerModifiers = {}): void {
    this.begin(points, how);
    const [x, y] = points.at(-1) ?? [0, 0];
    this.editor.pointer('up', x, y, how);
  }

  /** A drag that is still held. */
  begin(points: readonly (readonly [number, number])[], how: PointerModifiers = {}): void {
    points.forEach(([x, y], index) => this.editor.pointer(index === 0 ? 'down' : 'move', x, y, how));
  }

  click(x: number, y: number, how: PointerModifiers = {}): void {
    this.editor.pointer('move', x, y);
    this.editor.pointer('down', x, y, how);
    this.editor.pointer('up', x, y, how);
  }

  key(chord: string): boolean {
    const parts = chord.split('+');
    const key = parts.pop() ?? '';
    return this.editor.handleKey({
      key,
      ctrlKey: parts.includes('Ctrl'),
      shiftKey: parts.includes('Shift'),
      altKey: parts.includes('Alt'),
    });
  }

  /** Undo gives the start back, redo the end, both exactly. */
  undoRedo(): { undone: unknown; redone: unknown } {
    this.key('Ctrl+Z');
    const undone = this.editor.document.data();
    this.key('Ctrl+Y');
    return { undone, redone: this.editor.document.data() };
  }
}
