import { describe, expect, it } from 'vitest';

import {
  addLabel,
  changeAttribute,
  changeLabel,
  isSame,
  moveLabel,
  newAttribute,
  problemsFromServer,
  problemsOf,
  removeLabel,
} from '@/features/projects/ontology/draft';
import type { Label } from '@/types/api';

const named = (...names: string[]): Label[] =>
  names.reduce<Label[]>((labels, name) => {
    const next = addLabel(labels);
    return changeLabel(next, next.at(-1)!.id, { name });
  }, []);

describe('adding', () => {
  it('gives each label its own id, colour and key', () => {
    const labels = named('person', 'forklift', 'pallet');
    expect(new Set(labels.map((label) => label.id)).size).toBe(3);
    expect(new Set(labels.map((label) => label.color)).size).toBe(3);
    expect(labels.map((label) => label.shortcut)).toEqual(['1', '2', '3']);
  });

  it('fills a gap in the keys, and leaves the tenth without one', () => {
    const labels = named(...'abcdefghi'.split(''));
    expect(addLabel(labels).at(-1)!.shortcut).toBe('');
    expect(addLabel(removeLabel(labels, labels[4]!.id)).at(-1)!.shortcut).toBe('5');
  });

  it('takes the shapes of the label before', () => {
    const labels = changeLabel(named('good'), named('good')[0]!.id, {});
    const tags = labels.map((label): Label => ({ ...label, shapes: ['tag'] }));
    expect(addLabel(tags).at(-1)!.shapes).toEqual(['tag']);
  });
});

describe('moving', () => {
  it('swaps neighbours and keeps still at the ends', () => {
    const labels = named('a', 'b', 'c');
    const names = (list: Label[]) => list.map((label) => label.name).join('');
    expect(names(moveLabel(labels, labels[1]!.id, -1))).toBe('bac');
    expect(names(moveLabel(labels, labels[0]!.id, -1))).toBe('abc');
    expect(names(moveLabel(labels, labels[2]!.id, 1))).toBe('abc');
  });
});

describe('problems', () => {
  it('refuses an empty list', () => {
    expect(problemsOf([])).toEqual({ labels: 'A project needs at least one label.' });
  });

  it('finds nothing wrong with good labels', () => {
    expect(problemsOf(named('person', 'forklift'))).toEqual({});
  });

  it('names repeats without regard to case and spaces, at the later label', () => {
    const labels = named('Person', ' person ');
    expect(problemsOf(labels)).toEqual({ [`${labels[1]!.id}.name`]: 'Another label has this name.' });
  });

  it('refuses a key used twice, no shape, and a choice of one', () => {
    const labels = named('a', 'b', 'c');
    const [a, b, c] = labels as [Label, Label, Label];
    const attribute = { ...newAttribute(), name: 'colour', options: ['red', 'red'] };
    const bad = [a, { ...b, shortcut: '1', shapes: [] }, { ...c, attributes: [attribute] }];
    expect(Object.keys(problemsOf(bad)).sort()).toEqual(
      [`${b.id}.shortcut`, `${b.id}.shapes`, `${c.id}.attributes.${attribute.id!}.options`].sort(),
    );
  });

  it('puts the server’s problems beside the label they are about', () => {
    const labels = named('a', 'b');
    expect(
      problemsFromServer({ '1.name': 'Taken.', 'labels.0.color': 'No.', labels: 'Too many.' }, labels),
    ).toEqual({
      [`${labels[1]!.id}.name`]: 'Taken.',
      [`${labels[0]!.id}.color`]: 'No.',
      labels: 'Too many.',
    });
  });
});

it('knows an undone change as no change', () => {
  const labels = named('a');
  const changed = changeLabel(labels, labels[0]!.id, { name: 'b' });
  expect(isSame(labels, changed)).toBe(false);
  expect(isSame(labels, changeLabel(changed, labels[0]!.id, { name: 'a' }))).toBe(true);
});

it('drops a default that is no option any more, and one of another kind', () => {
  const colour = { ...newAttribute(), options: ['red', 'blue'], default: 'red' };
  expect(changeAttribute(colour, { options: ['red'] }).default).toBe('red');
  expect(changeAttribute(colour, { options: ['blue'] }).default).toBeNull();
  expect(changeAttribute(colour, { type: 'bool' }).default).toBeNull();
  expect(changeAttribute({ ...colour, type: 'number', default: 4 }, { name: 'age' }).default).toBe(4);
});

it('asks for the points of a label that is drawn as a skeleton', () => {
  const [label] = named('person');
  const bare = { ...label!, shapes: ['skeleton'] as Label['shapes'] };
  expect(problemsOf([bare])).toHaveProperty(`${bare.id}.skeleton`);
  const point = { name: 'nose', x: 0.5, y: 0.5 };
  expect(problemsOf([{ ...bare, skeleton: { points: [point], edges: [] } }])).toEqual({});
});
