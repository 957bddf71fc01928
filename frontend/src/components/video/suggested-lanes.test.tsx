import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';

import type { Suggestion } from '@/canvas/document/model';
import { boxShape } from '@/canvas/geometry/shapes/box';
import { Headless } from '@/canvas/testing/headless';
import { renderApp } from '@/testing/render';

import { LANES_MAX, SuggestedLanes } from './suggested-lanes';

const shape = boxShape({ x1: 0, y1: 0, x2: 9, y2: 9 });
const dashed = (id: number): Suggestion => ({
  id: String(id),
  labelId: 'person',
  shape,
  track: [{ frame: 0, shape, outside: false, occluded: false }],
  attributes: {},
  score: null,
  status: 'open',
  regionId: null,
});

it.each([
  [undefined, '2 more in the list of suggestions'],
  ['Removed', '2 more in the list'],
])('lanes of what is %s end with how many more there are, and where', async (dashedAs, said) => {
  const { editor } = new Headless({
    suggestions: Array.from({ length: LANES_MAX + 2 }, (_, index) => dashed(index)),
  });
  editor.setFrame(0, 10);
  renderApp(
    <SuggestedLanes
      editor={editor}
      labels={new Map()}
      selection={[]}
      frame={0}
      last={9}
      view={{ from: 0, to: 10 }}
      dashedAs={dashedAs}
      onSeek={() => undefined}
    />,
  );
  expect(await screen.findByText(said)).toBeInTheDocument();
});
