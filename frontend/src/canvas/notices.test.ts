// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { polygonShape } from './geometry/shapes/paths';
import { box, Headless, suggestion, triangle } from './testing/headless';
import { refusals } from './words';

const notice = (h: Headless): string | undefined => h.editor.getSnapshot().notice?.text;
const far = box('far', 0, 0, 0, 0, {
  shape: polygonShape([
    [300, 200],
    [380, 200],
    [380, 280],
  ]),
});

describe('what cannot be done is said in words', () => {
  it('joining too few, or what does not touch', () => {
    const h = new Headless({ regions: [triangle('t'), far] });
    h.editor.select(['t']);
    h.key('j');
    expect(notice(h)).toBe(refusals.joinTooFew);
    h.editor.select(['t', 'far']);
    h.key('j');
    expect(notice(h)).toBe(refusals.joinApart);
    expect(h.ops).toEqual([]);
  });

  it('a cut that parts nothing', () => {
    const h = new Headless({ regions: [triangle('t')] });
    h.editor.setTool('cut');
    h.click(200, 200);
    h.click(250, 200);
    h.key('Enter');
    expect(notice(h)).toBe(refusals.cutNothing);
  });

  it('a hole without a polygon, or beside it, and no polygon is made of it', () => {
    const h = new Headless({ regions: [triangle('t')] });
    h.editor.setOptions({ combine: 'subtract', snap: false });
    h.editor.setTool('polygon');
    const draw = () => {
      h.click(200, 200);
      h.click(250, 200);
      h.click(250, 250);
      h.key('Enter');
    };
    draw();
    expect(notice(h)).toBe(refusals.holeWithoutPolygon);
    h.editor.select(['t']);
    draw();
    expect(notice(h)).toBe(refusals.holeBeside);
    expect(h.regions).toHaveLength(1);
  });

  it('a skeleton without a template, a shape that no label allows', () => {
    const h = new Headless();
    h.editor.setOntology({ labels: [{ id: 'spill', name: 'spill', shapes: ['polygon'] }] });
    h.editor.setTool('skeleton');
    expect(notice(h)).toBe(refusals.noSkeleton);
    h.editor.setTool('box');
    expect(notice(h)).toBeUndefined();
    h.drag([
      [10, 10],
      [60, 60],
    ]);
    expect(notice(h)).toBe(refusals.noLabelFor('box'));
  });

  it('a label that does not allow the shape: the others of the selection get it', () => {
    const h = new Headless({ regions: [triangle('t'), box('b', 200, 200, 240, 240)] });
    h.editor.setLabelOf(['t', 'b'], 'spill');
    expect(h.editor.document.state.regions.get('t')?.labelId).toBe('spill');
    expect(h.editor.document.state.regions.get('b')?.labelId).toBe('person');
    expect(notice(h)).toBe('spill does not allow the shape of 1 selected object.');
  });

  it('twice are two notices, and the next thing done takes it away', () => {
    const h = new Headless({ regions: [triangle('t')] });
    h.editor.select(['t']);
    h.key('j');
    const first = h.editor.getSnapshot().notice?.id;
    h.key('j');
    expect(h.editor.getSnapshot().notice?.id).not.toBe(first);
    h.key('ArrowRight');
    expect(notice(h)).toBeUndefined();
  });
});

describe('attributes', () => {
  const attributes = (h: Headless) => h.regions[0]?.attributes;

  it('start with the label’s defaults on what is drawn, in video too', () => {
    const h = new Headless();
    h.editor.setLabel('truck');
    h.editor.setTool('box');
    const draw = () =>
      h.drag([
        [10, 60],
        [60, 90],
      ]);
    draw();
    expect(attributes(h)).toEqual({ load: 'empty' });
    h.editor.setFrame(3);
    draw();
    expect(h.editor.document.data().tracks).toMatchObject([{ attributes: { load: 'empty' } }]);
  });

  it('keep under a new label what it knows, and undo gives the rest back', () => {
    const before = { load: 'full', colour: 'red' };
    const h = new Headless({ regions: [box('a', 10, 10, 50, 50, { attributes: before })] });
    h.editor.setLabelOf(['a'], 'truck');
    expect(attributes(h)).toEqual({ load: 'full' });
    h.key('Ctrl+z');
    expect(attributes(h)).toEqual(before);
  });

  it('of an accepted or mended suggestion are completed', () => {
    const offer = { ...suggestion('s', 0.9), labelId: 'truck' };
    const h = new Headless({ suggestions: [offer, { ...offer, id: 't' }] });
    h.editor.accept(['s']);
    h.editor.takeOver('t');
    expect(h.regions.map((each) => each.attributes)).toEqual([{ load: 'empty' }, { load: 'empty' }]);
  });
});
