/** Drawing over a still: by mouse and by keyboard, taken back step by step. */
import { fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, expect, test } from 'vitest';

import { DrawBoard, type DrawTool } from '@/components/draw/draw-board';
import { lineArrow, shapeAt, shapeProblem, shiftShape, type Drawn } from '@/components/draw/shapes';
import { useDrawing } from '@/components/draw/use-drawing';
import { renderApp } from '@/testing/render';

const zone = (points: [number, number][], id = 'z'): Drawn => ({
  id,
  kind: 'zone',
  name: 'Bay',
  color: '#0af',
  points,
});
const SQUARE = zone([
  [0.25, 0.25],
  [0.75, 0.25],
  [0.75, 0.75],
  [0.25, 0.75],
]);

let latest: readonly Drawn[] = [];
function Harness({ first = [], tool: firstTool }: { first?: Drawn[]; tool: DrawTool }) {
  const drawing = useDrawing(first);
  const [tool, setTool] = useState(firstTool);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  // eslint-disable-next-line react-hooks/globals -- the test looks at what a page would save
  latest = drawing.shapes;
  return (
    <DrawBoard
      src=""
      drawing={drawing}
      tool={tool}
      onTool={setTool}
      selectedId={selectedId}
      onSelect={setSelectedId}
      onDrawn={(kind, points) => {
        drawing.change([
          ...drawing.shapes,
          { id: `n${drawing.shapes.length}`, kind, name: 'New', color: '#fa0', points },
        ]);
      }}
    />
  );
}

beforeEach(() => {
  Element.prototype.setPointerCapture = () => undefined;
  Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 1600, 900);
});
const at = (x: number, y: number) => ({ clientX: x * 1600, clientY: y * 900, button: 0, pointerId: 1 });
const board = () => screen.findByRole('application');
const click = (element: HTMLElement, x: number, y: number) => {
  fireEvent.pointerMove(element, at(x, y));
  fireEvent.pointerDown(element, at(x, y));
  fireEvent.pointerUp(element, at(x, y));
};
const rounded = (shape: Drawn | undefined) =>
  shape?.points.map(([x, y]) => [Number(x.toFixed(3)), Number(y.toFixed(3))]);

test('a zone is drawn corner by corner, closed on its first, moved by a corner, and taken back', async () => {
  renderApp(<Harness tool="zone" />);
  const element = await board();
  for (const [x, y] of [
    [0.2, 0.2],
    [0.6, 0.2],
    [0.6, 0.7],
    [0.2, 0.2],
  ] as const)
    click(element, x, y);
  expect(rounded(latest[0])).toEqual([
    [0.2, 0.2],
    [0.6, 0.2],
    [0.6, 0.7],
  ]);
  click(element, 0.55, 0.3);
  const corner = screen.getByRole('button', { name: 'Corner 3 of New' });
  fireEvent.pointerDown(corner, at(0.6, 0.7));
  fireEvent.pointerMove(element, at(0.9, 1.4));
  fireEvent.pointerUp(element, at(0.9, 1.4));
  expect(rounded(latest[0])?.[2]).toEqual([0.9, 1]);
  fireEvent.keyDown(element, { key: 'z', ctrlKey: true });
  expect(rounded(latest[0])?.[2]).toEqual([0.6, 0.7]);
  fireEvent.keyDown(element, { key: 'z', ctrlKey: true });
  expect(latest).toHaveLength(0);
  fireEvent.keyDown(element, { key: 'Z', ctrlKey: true, shiftKey: true });
  expect(latest).toHaveLength(1);
});

test('a line is drawn by keyboard alone, and Esc leaves off what is not finished', async () => {
  renderApp(<Harness tool="line" />);
  const element = await board();
  const press = (key: string, times = 1, shiftKey = false) => {
    for (let n = 0; n < times; n += 1) fireEvent.keyDown(element, { key, shiftKey });
  };
  press('Enter');
  press('Escape');
  press('ArrowLeft', 5, true);
  press('Enter');
  press('ArrowRight', 10, true);
  press('Enter');
  expect(latest[0]?.kind).toBe('line');
  expect(rounded(latest[0])).toEqual([
    [0.35, 0.5],
    [0.65, 0.5],
  ]);
});

test('corners move by arrow keys, come between two and go by Delete; three are kept', async () => {
  renderApp(<Harness first={[SQUARE]} tool="select" />);
  click(await board(), 0.5, 0.5);
  fireEvent.keyDown(screen.getByRole('button', { name: 'Corner 1 of Bay' }), {
    key: 'ArrowLeft',
    shiftKey: true,
  });
  expect(rounded(latest[0])?.[0]).toEqual([0.22, 0.25]);
  fireEvent.click(screen.getByRole('button', { name: 'Add a corner after corner 2 of Bay' }));
  expect(rounded(latest[0])?.[2]).toEqual([0.75, 0.5]);
  for (let n = 0; n < 2; n += 1)
    fireEvent.keyDown(screen.getByRole('button', { name: 'Corner 1 of Bay' }), { key: 'Delete' });
  expect(latest[0]?.points).toHaveLength(3);
  fireEvent.keyDown(screen.getByRole('button', { name: 'Corner 1 of Bay' }), { key: 'Delete' });
  expect(latest).toHaveLength(0);
});

test('what crosses itself, holds nothing or has no length is told', () => {
  const bow: [number, number][] = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  expect(shapeProblem(zone(bow))).toBe('crossing');
  expect(shapeProblem(zone(bow.slice(0, 2)))).toBe('small');
  expect(shapeProblem({ kind: 'line', points: [bow[0]!, bow[0]!] })).toBe('short');
  expect(shapeProblem(SQUARE)).toBeNull();
});

test('a line over a zone is picked before it; a shape never leaves the picture; forward is to the right', () => {
  const line: Drawn = { ...SQUARE, id: 'l', kind: 'line', points: [SQUARE.points[0]!, SQUARE.points[2]!] };
  expect(shapeAt([line, SQUARE], [0.5, 0.5], 0.02, 1)?.id).toBe('l');
  expect(shapeAt([line, SQUARE], [0.7, 0.3], 0.02, 1)?.id).toBe('z');
  expect(shiftShape(SQUARE, 0.9, 0).points[1]).toEqual([1, 0.25]);
  expect(
    lineArrow(
      [
        [0.5, 1],
        [0.5, 0],
      ],
      1,
    )?.towards,
  ).toEqual([1, 0]);
});
