import { configure, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';

import type { AssetRow } from '@/features/data/api';
import DataPage from '@/features/data/data-page';
import { VideoParts } from '@/features/data/video-parts';
import { fakeApi } from '@/testing/fake-api';
import { renderApp } from '@/testing/render';

// Mounting the whole page takes a while on a busy machine.
configure({ asyncUtilTimeout: 8_000 });

beforeEach(() => {
  // jsdom has none; nothing here depends on what is in sight.
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  );
});

const row = (id: string) => ({
  id,
  name: `${id}.jpg`,
  kind: 'image',
  state: 'ready',
  refused_reason: '',
  width: 640,
  height: 480,
  metadata: {},
  quality: {},
  thumbnail_url: null,
  near_copies: 0,
  excluded_at: null,
  excluded_reason: '',
  task: null,
});
const facets = {
  states: { approved: 2, ready: 1 },
  reasons: {},
  labels: {},
  kinds: { image: 3 },
  cameras: [],
  sites: [],
  metadata: [],
  excluded: 0,
  near_copies: 0,
  capped: false,
};
const page = (results: unknown[]) => ({ next: null, previous: null, results });
const open = (search = '') =>
  renderApp(<DataPage />, { path: '/p/$projectId/data', at: `/p/p1/data${search}` });
const answers = {
  'GET /projects/p1': { id: 'p1', my_role: 'reviewer', ontology: { number: 1, labels: [] } },
  'GET /projects/p1/facets': facets,
  'GET /projects/p1/slices': page([]),
  'GET /projects/p1/assets': page([row('a'), row('b'), row('c')]),
};

it('asks for what the address says, and puts a chosen filter into it', async () => {
  const { asked } = fakeApi(answers);
  const { router } = open('?state=approved&meta.shift=night');
  await screen.findByText('3 pictures, all of them');
  const query = asked.find(({ path }) => path.endsWith('/assets'))?.query;
  expect(query?.get('state')).toBe('approved');
  expect(query?.get('meta.shift')).toBe('night');
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Ready to label' }));
  expect(router.state.location.search).toMatchObject({ state: 'approved,ready', 'meta.shift': 'night' });
});

it('chooses a range with the keyboard and sets it aside', async () => {
  const { asked } = fakeApi({ ...answers, 'POST /projects/p1/assets/exclude': { changed: 2 } });
  open();
  const tile = (await screen.findAllByRole('gridcell'))[0]!;
  tile.focus();
  await userEvent.keyboard(' {Shift>}{ArrowRight}{/Shift}');
  const bar = within(await screen.findByRole('toolbar', { name: 'Chosen pictures' }));
  expect(bar.getByText('2 pictures chosen')).toBeInTheDocument();
  await userEvent.click(bar.getByRole('button', { name: 'Set aside…' }));
  await userEvent.type(await screen.findByLabelText('Or in your words'), 'Privately taken');
  await userEvent.keyboard('{Enter}');
  await screen.findByText('2 pictures set aside');
  expect(asked.find(({ path }) => path.endsWith('/exclude'))?.body).toEqual({
    asset_ids: ['a', 'b'],
    reason: 'Privately taken',
  });
});

it('offers the common reasons to click', async () => {
  const { asked } = fakeApi({ ...answers, 'POST /projects/p1/assets/exclude': { changed: 1 } });
  open();
  const tile = (await screen.findAllByRole('gridcell'))[0]!;
  tile.focus();
  await userEvent.keyboard(' ');
  await userEvent.click(await screen.findByRole('button', { name: 'Set aside…' }));
  await userEvent.click(await screen.findByLabelText('Too dark'));
  await userEvent.keyboard('{Enter}');
  await screen.findByText('1 picture set aside');
  expect(asked.find(({ path }) => path.endsWith('/exclude'))?.body).toMatchObject({ reason: 'Too dark' });
});

it('says that nothing is here yet, or that nothing fits', async () => {
  fakeApi({ ...answers, 'GET /projects/p1/assets': page([]) });
  const view = open();
  expect(await screen.findByText('No pictures yet')).toBeInTheDocument();
  view.unmount();
  open('?state=approved');
  expect(await screen.findByText('No picture fits these filters')).toBeInTheDocument();
});

const part = (number: number, state: string) => ({
  id: `t${number}`,
  state,
  part: { number, count: 3, frame_start: 40 * (number - 1), frame_end: 40 * number + 10 },
  assigned_to_id: null,
  assigned_to_name: '',
});
const inParts = (...states: string[]) => {
  const parts = states.map((state, index) => part(index + 1, state));
  return {
    ...row('v'),
    kind: 'video',
    frame_count: 130,
    duration_s: 5,
    task: { ...parts.at(-1), parts, label_ids: [], max_suggestion_score: null },
  };
};

it('makes every approved part of a video ground truth, not only the one that stands for it', async () => {
  const { asked } = fakeApi({
    ...answers,
    'GET /projects/p1/assets': page([inParts('approved', 'approved', 'ready')]),
    'POST /projects/p1/truth': { marked: 2, refused: [] },
  });
  open();
  (await screen.findAllByRole('gridcell'))[0]!.focus();
  await userEvent.keyboard(' ');
  await userEvent.click(await screen.findByRole('button', { name: 'Use as ground truth (2)' }));
  await screen.findByText('2 pictures more are ground truth');
  expect(asked.find(({ path }) => path.endsWith('/truth'))?.body).toEqual({ task_ids: ['t1', 't2'] });
});

it('an emptied length does not make a video one task again', async () => {
  fakeApi({
    'GET /projects/p1': { id: 'p1', my_role: 'manager', settings: { part_frames: 50, part_overlap: 10 } },
  });
  const video = inParts('ready', 'ready', 'ready') as unknown as AssetRow;
  renderApp(<VideoParts projectId="p1" row={video} />, { path: '/p/$projectId/data', at: '/p/p1/data' });
  await userEvent.click(await screen.findByRole('button', { name: 'Other parts…' }));
  const field = await screen.findByLabelText(/Frames in a part/);
  expect(screen.getByRole('button', { name: 'Split' })).toBeEnabled();
  await userEvent.clear(field);
  expect(screen.getByRole('button', { name: 'Split' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'One task again' })).toBeEnabled();
});

it('two people of one name are two', async () => {
  fakeApi({ 'GET /projects/p1': { id: 'p1', my_role: 'manager', settings: {} } });
  const video = inParts('ready', 'ready');
  const parts = video.task.parts.map((each, index) => ({
    ...each,
    assigned_to_id: `u${index}`,
    assigned_to_name: 'Ana Roth',
  }));
  const row = { ...video, task: { ...video.task, parts } } as unknown as AssetRow;
  renderApp(<VideoParts projectId="p1" row={row} />, { path: '/p/$projectId/data', at: '/p/p1/data' });
  await userEvent.click(await screen.findByRole('button', { name: 'Other parts…' }));
  expect(await screen.findByText(/A part that keeps its frames stays with whom/)).toBeInTheDocument();
});
