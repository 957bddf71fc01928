// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DocumentData } from '../document/model';
import { dataOf, stateOf } from '../document/model';
import { documentFromWire, labelsToWire } from '../document/wire';
import type { Shape } from '../geometry/shape';
import { cuboidShape } from '../geometry/shapes/cuboid';
import { ellipseShape } from '../geometry/shapes/ellipse';
import { polygonShape } from '../geometry/shapes/paths';
import { skeletonShape } from '../geometry/shapes/skeleton';
import { box, Headless, suggestion } from '../testing/headless';
import type { ToolName } from './tool';

const TOOLS: readonly ToolName[] = [
  'select',
  'box',
  'polygon',
  'polyline',
  'points',
  'ellipse',
  'cuboid',
  'skeleton',
  'brush',
  'eraser',
  'cut',
  'measure',
  'pan',
];

const SHAPES: readonly Shape[] = [
  polygonShape([
    [40, 40],
    [160, 50],
    [120, 160],
  ]),
  polygonShape(
    [
      [100, 100],
      [220, 100],
      [220, 220],
      [100, 220],
    ],
    [
      [
        [140, 140],
        [180, 140],
        [180, 180],
      ],
    ],
  ),
  { type: 'polyline', points: [[10, 10], [90, 200], [300, 250]] }, // prettier-ignore
  { type: 'points', points: [[300, 40], [320, 60]] }, // prettier-ignore
  ellipseShape([250, 150], [60, 30], 20),
  cuboidShape(
    [[20, 200], [80, 200], [80, 260], [20, 260]], // prettier-ignore
    [[40, 180], [100, 180], [100, 240], [40, 240]], // prettier-ignore
  ),
  skeletonShape([
    { x: 330, y: 100, v: 2 },
    { x: 310, y: 140, v: 1 },
    { x: 350, y: 140, v: 0 },
    { x: 330, y: 180, v: 2 },
  ]),
  { type: 'mask', x: 200, y: 20, width: 4, height: 3, counts: [2, 8, 2] },
];

const START: DocumentData = {
  regions: [
    ...SHAPES.map((shape, index) => box(`r${String(index)}`, 0, 0, 0, 0, { shape, zIndex: index })),
    box('locked', 150, 150, 260, 260, { locked: true }),
    box('hidden', 20, 20, 80, 80, { hidden: true }),
    box('one', 280, 180, 330, 230, { groupId: 'g' }),
    box('two', 340, 180, 380, 230, { groupId: 'g' }),
  ],
  suggestions: [suggestion('s1', 0.9), suggestion('s2', 0.5, 200, 200, 280, 280)],
  tags: [],
  tracks: [],
};

const KEYS = [
  'Enter', 'Backspace', 'Escape', 'Delete', 'Ctrl+z', 'Ctrl+y', 'Ctrl+a', 'Ctrl+c', 'Ctrl+v', 'Ctrl+x',
  'Tab', 'q', 'j', 'h', 'l', 'a', 'r', 'e', '1', '2', 'ArrowLeft', 'Shift+ArrowDown', 'ArrowRight',
] as const; // prettier-ignore

type Step =
  | {
      readonly do: 'pointer';
      readonly type: 'down' | 'move' | 'up' | 'double';
      readonly at: readonly [number, number];
    }
  | {
      readonly do: 'drag' | 'click';
      readonly at: readonly [number, number];
      readonly to: readonly [number, number];
    }
  | { readonly do: 'key'; readonly key: string }
  | { readonly do: 'cancel' };

/** Often on places where something is: grips and outlines would hardly be hit by chance. */
const place = fc.oneof(
  fc.tuple(fc.integer({ min: -20, max: 420 }), fc.integer({ min: -20, max: 320 })),
  fc.constantFrom([40, 40], [160, 50], [100, 100], [250, 150], [80, 200], [330, 100], [350, 140], [10, 10]),
) as fc.Arbitrary<readonly [number, number]>;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('drag', 'click'), at: place, to: place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pointer'),
      type: fc.constantFrom('down', 'move', 'up', 'double'),
      at: place,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('key'), key: fc.constantFrom(...KEYS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel') }) },
) as fc.Arbitrary<Step>;

const how = fc.record({ shift: fc.boolean(), ctrl: fc.boolean(), alt: fc.boolean() });
const program = fc.array(fc.tuple(step, fc.option(how, { freq: 4, nil: {} })), { maxLength: 25 });

function play(h: Headless, steps: readonly (readonly [Step, object])[]): void {
  for (const [each, mods] of steps) {
    if (each.do === 'key') h.key(each.key);
    else if (each.do === 'cancel') h.editor.pointerCancel();
    else if (each.do === 'pointer') h.editor.pointer(each.type, each.at[0], each.at[1], mods);
    else if (each.do === 'click') h.click(each.at[0], each.at[1], mods);
    else h.drag([each.at, each.to], mods);
  }
}

/** An absent keypoint has no place in JSON. */
function placed(shape: Shape): Shape {
  if (shape.type !== 'skeleton') return shape;
  return skeletonShape(shape.keypoints.map((each) => (each.v === 0 ? { x: 0, y: 0, v: 0 } : each)));
}

/** What the API's JSON keeps: `hidden` and `locked` live in the browser only. */
function kept(data: Required<DocumentData>): unknown {
  return {
    regions: data.regions.map((region) => ({
      ...region,
      shape: placed(region.shape),
      hidden: false,
      locked: false,
    })),
    tags: data.tags.map((tag) => tag.labelId),
    tracks: data.tracks,
  };
}

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(allFinite);
}

describe.each(TOOLS)('whatever is done with %s', (tool) => {
  it('the document comes back from its JSON, and undone is the start, redone the end', () => {
    fc.assert(
      fc.property(
        program,
        fc.constantFrom('drag', 'extreme', 'turned'),
        fc.boolean(),
        (steps, boxBy, snap) => {
          const h = new Headless(START);
          h.editor.setOptions({ boxBy, snap });
          h.editor.setTool(tool);
          play(h, steps);
          h.editor.pointerCancel();
          const { document } = h.editor;
          // What was undone on the way belongs to the end as well.
          while (document.redo());
          const end = document.data();
          expect(allFinite(end.regions.map((region) => region.shape))).toBe(true);
          const wire = JSON.parse(JSON.stringify(labelsToWire(document.state))) as ReturnType<
            typeof labelsToWire
          >;
          expect(kept(dataOf(stateOf(documentFromWire(wire))))).toEqual(kept(end));
          while (document.undo());
          expect(document.data()).toEqual(dataOf(stateOf(START)));
          while (document.redo());
          expect(document.data()).toEqual(end);
        },
      ),
      { numRuns: 100, seed: 42 },
    );
  });
});
