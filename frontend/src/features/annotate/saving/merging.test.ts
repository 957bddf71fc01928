import { describe, expect, it, vi } from 'vitest';

import { opsToWire, labelsToWire, type WireLabels, type WireRegion } from '@/canvas/document/wire';
import { documentFromWire } from '@/canvas/document/wire';
import { Editor } from '@/canvas/editor';
import { ApiError } from '@/lib/api-error';

import { differences } from './differences';
import { MemoryJournal } from './journal';
import { Merging, type Clash, type PendingMerge } from './merging';
import { Outbox } from './outbox';

const box = (id: string, x: number, more: Partial<WireRegion> = {}): WireRegion => ({
  region_id: id,
  label_id: 'person',
  shape: 'box',
  geometry: { box: [x, 0, x + 40, 40] },
  ...more,
});
const labels = (...regions: WireRegion[]): WireLabels => ({ regions, tags: [] });

/** An editor, its outbox on a line that takes nothing, and the merge between them. */
function setUp(start: WireLabels) {
  const editor = new Editor({ ontology: { labels: [{ id: 'person', name: 'person' }] } });
  editor.setImage(null, 800, 600);
  editor.loadDocument(documentFromWire(start));
  const sent: string[] = [];
  const outbox = new Outbox({
    tab: 'tab',
    assignmentId: 'as',
    taskId: 'task',
    owner: 'ann',
    version: 1,
    labels: start,
    send: (_, ops) => {
      sent.push(...ops.map((op) => (op.op === 'put' ? op.region.region_id : op.op)));
      return Promise.reject(new ApiError(0, {}));
    },
    journal: new MemoryJournal(),
    activeSeconds: () => 0,
    onChange: () => undefined,
    onConflict: () => undefined,
  });
  editor.onOps((ops) => outbox.push(opsToWire(ops, editor.document.state)));
  const asked: (PendingMerge | null)[] = [];
  const merged = vi.fn();
  const merging = new Merging({
    editor,
    suggestions: [],
    outbox: () => outbox,
    onPending: (pending) => asked.push(pending),
    onMerged: merged,
  });
  const clashWith = (theirs: WireLabels): Clash => ({
    theirs,
    mine: () => outbox.changes(),
    current: () => ({ draft_version: 2, labels: theirs }),
    revisionId: null,
    author: null,
  });
  const ids = () => [...editor.document.state.regions.keys()].sort();
  return { editor, outbox, merging, merged, asked, clashWith, ids, sent };
}

describe('merging', () => {
  it('puts both together without a question where nothing clashes, and keeps selection, hidden and locked', () => {
    const { editor, merging, merged, asked, clashWith, ids } = setUp(labels(box('a', 0), box('b', 100)));
    editor.setFlagsOf(['b'], { hidden: true });
    editor.select(['a']);
    editor.nudge(5, 0);
    merging.start(clashWith(labels(box('a', 0), box('b', 100), box('c', 200))));
    expect(ids()).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([]);
    expect(merged).toHaveBeenCalledOnce();
    expect(editor.selection).toEqual(['a']);
    expect(editor.document.state.regions.get('b')?.hidden).toBe(true);
    const a = labelsToWire(editor.document.state).regions.find((row) => row.region_id === 'a');
    expect(a?.geometry.box?.[0]).toBe(5);
  });

  it('waits for the end of a stroke, which then belongs to the merge', async () => {
    const { editor, merging, clashWith, ids } = setUp(labels(box('a', 0)));
    editor.setTool('box');
    editor.pointer('down', 300, 300);
    editor.pointer('move', 350, 360);
    merging.start(clashWith(labels(box('a', 0), box('theirs', 100))));
    expect(merging.isOpen).toBe(true);
    expect(ids()).toEqual(['a']);
    editor.pointer('up', 380, 390);
    await Promise.resolve();
    expect(merging.isOpen).toBe(false);
    expect(ids().length).toBe(3);
    expect(ids()).toContain('theirs');
  });

  it('asks about what both changed, and counts what is drawn while the question is open', () => {
    const { editor, outbox, merging, asked, clashWith, ids } = setUp(labels(box('a', 0), box('b', 100)));
    editor.select(['a']);
    editor.nudge(5, 0);
    merging.start(clashWith(labels(box('a', 50), box('b', 100))));
    expect(asked.at(-1)?.conflicts.map((each) => each.id)).toEqual(['a']);
    editor.select(['b']);
    editor.nudge(0, 7);
    merging.choose(new Map([['a', 'mine']]));
    expect(asked.at(-1)).toBeNull();
    expect(ids()).toEqual(['a', 'b']);
    const left = outbox.changes().regions.map((each) => each.id);
    expect(left.sort()).toEqual(['a', 'b']);
  });

  it('asks again where a new clash came up meanwhile', () => {
    const { editor, merging, asked, clashWith } = setUp(labels(box('a', 0), box('b', 100)));
    editor.select(['a']);
    editor.nudge(5, 0);
    merging.start(clashWith(labels(box('a', 50), box('b', 150))));
    editor.select(['b']);
    editor.nudge(5, 0);
    merging.choose(new Map([['a', 'theirs']]));
    expect(asked.at(-1)?.conflicts.map((each) => each.id)).toEqual(['a', 'b']);
  });
});

describe('differences', () => {
  const known = new Map([
    [
      'person',
      {
        id: 'person',
        name: 'person',
        color: '#fff',
        shortcut: '',
        shapes: [],
        attributes: [{ id: 'h', name: 'Helmet', type: 'bool' as const, required: false, default: null }],
      },
    ],
  ]);

  it.each([
    ['nothing to say of the only one', box('a', 0), null, []],
    ['another place', box('a', 0), box('a', 9), ['other place or size']],
    [
      'another value, by the name of its attribute',
      box('a', 0, { attributes: { h: true } }),
      box('a', 0, { attributes: { h: false } }),
      ['Helmet: Yes'],
    ],
    ['covered', box('a', 0, { occluded: true }), box('a', 0), ['covered']],
  ])('%s', (_, side, other, said) => {
    expect(differences(side, other, known)).toEqual(said);
  });
});
