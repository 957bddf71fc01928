import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';

import { LoopStrip, loopSteps } from '@/components/loop-strip';
import { renderApp } from '@/testing/render';
import type { Overview } from '@/types/api';

const overview: Overview = {
  assets: 8412,
  pending: 0,
  refused: 3,
  suggested: 7990,
  ready: 7000,
  labelled: 1204,
  in_review: 38,
  approved: 1050,
  blind: 200,
  dataset_version: { id: 'd7', number: 7 },
  production_model: { id: 'm6', number: 6, ap50: 0.71 },
  candidate_model: null,
  feeds: 5,
  feeds_online: 4,
  captures_24h: 17,
  jobs_running: 0,
  stuck: [{ step: 'review', message: '38 pictures wait for a reviewer.', link: '/p/p1/review' }],
};

it('names every step with its figure, and each leads to what it counts', () => {
  const steps = loopSteps('p1', overview);
  expect(steps.map(({ value }) => value)).toEqual(['8,412', '7,990', '1,204', '1,050', 'v7', 'no. 6', '4']);
  expect(steps.map(({ to }) => to)).toContain('/p/p1/data?state=approved');
  expect(steps.find(({ key }) => key === 'model')?.note).toBe('AP50 .71');
});

it('shows a dash for what is not there yet, never a zero', () => {
  const early = { ...overview, dataset_version: null, production_model: null };
  expect(
    loopSteps('p1', early)
      .filter(({ value }) => value === '–')
      .map(({ key }) => key),
  ).toEqual(['dataset', 'model']);
});

it('marks the step a hint is about, also where the server names it by its work', async () => {
  renderApp(<LoopStrip projectId="p1" overview={overview} />);
  expect(await screen.findByRole('link', { name: /labelled/ })).toHaveAttribute('data-stuck');
  expect(screen.getByRole('link', { name: /approved/ })).not.toHaveAttribute('data-stuck');
});
