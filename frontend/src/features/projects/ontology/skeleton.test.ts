import { describe, expect, it } from 'vitest';

import {
  addPoint,
  changePoint,
  COCO_PERSON,
  EMPTY,
  removePoint,
  templateProblem,
  toggleEdge,
  type Template,
} from '@/features/projects/ontology/skeleton';

const chain = (n: number): Template => {
  let template = EMPTY;
  for (let index = 0; index < n; index += 1) template = addPoint(template, { x: index / 10, y: 0.5 });
  for (let index = 1; index < n; index += 1) template = toggleEdge(template, index - 1, index);
  return template;
};

describe('the skeleton template', () => {
  it('names new points apart, also after one went', () => {
    const left = removePoint(chain(3), 0);
    const names = addPoint(left, { x: 0, y: 0 }).points.map((point) => point.name);
    expect(new Set(names).size).toBe(3);
  });

  it('keeps places within the box', () => {
    const [point] = changePoint(chain(1), 0, { x: 1.4, y: -2 }).points;
    expect([point?.x, point?.y]).toEqual([1, 0]);
  });

  it('joins and parts two points, whichever was clicked first, and never a point with itself', () => {
    const joined = toggleEdge(chain(2), 1, 0);
    expect(joined.edges).toEqual([]);
    expect(toggleEdge(joined, 1, 0).edges).toEqual([[0, 1]]);
    expect(toggleEdge(joined, 1, 1)).toBe(joined);
  });

  it('a point that goes takes its edges along; the others still join the same points', () => {
    const names = ({ points, edges }: Template) =>
      edges.map((edge) => edge.map((at) => points[at]?.name).join('-'));
    const before = chain(5);
    expect(names(removePoint(before, 2))).toEqual(
      names(before).filter((edge) => !edge.split('-').includes('point 3')),
    );
  });

  it('says what is wrong with it', () => {
    expect(templateProblem(null)).toMatch(/at least one/);
    expect(templateProblem(changePoint(chain(2), 0, { name: 'point 2' }))).toMatch(/same name/);
    expect(templateProblem(changePoint(chain(2), 0, { name: '  ' }))).toMatch(/name/);
    expect(templateProblem(COCO_PERSON)).toBeNull();
  });

  it('holds COCO’s person as COCO has it: 17 points, 19 edges', () => {
    expect([COCO_PERSON.points.length, COCO_PERSON.edges.length]).toEqual([17, 19]);
    expect(COCO_PERSON.edges.flat().every((at) => at >= 0 && at < 17)).toBe(true);
  });
});
