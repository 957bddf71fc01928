import { expect, it } from 'vitest';

import { filtersFrom, sameFilters, searchOf, toggled, withValues } from '@/features/data/filters';

it('reads an address the way it writes it', () => {
  const filters = filtersFrom({
    state: 'approved,ready',
    min_score: 0.25,
    near_copy: false,
    search: 'dock, north',
    'meta.shift': 'a,b',
  });
  expect(filters).toEqual({
    state: ['approved', 'ready'],
    min_score: ['0.25'],
    near_copy: ['false'],
    search: ['dock, north'],
    'meta.shift': ['a,b'],
  });
  expect(filtersFrom(searchOf(filters))).toEqual(filters);
});

it('leaves out what is no filter, what is empty and what is the default', () => {
  expect(filtersFrom({ order: 'name', asset: 'a1', state: '', excluded: 'no', 'meta.': 'x' })).toEqual({});
});

it('takes a saved slice with lists, numbers and yes or no', () => {
  const slice = filtersFrom({ state: ['ready'], max_score: 0.5, blind: true });
  expect(slice).toEqual({ state: ['ready'], max_score: ['0.5'], blind: ['true'] });
  expect(sameFilters(slice, filtersFrom({ blind: 'true', max_score: '0.5', state: 'ready' }))).toBe(true);
  expect(sameFilters(slice, {})).toBe(false);
});

it('puts values in and takes them out, leaving no empty list', () => {
  const one = toggled({}, 'label', 'b');
  const two = toggled(one, 'label', 'a');
  expect(two).toEqual({ label: ['a', 'b'] });
  expect(toggled(toggled(two, 'label', 'a'), 'label', 'b')).toEqual({});
  expect(withValues({ kind: ['image'] }, 'kind', [])).toEqual({});
});
