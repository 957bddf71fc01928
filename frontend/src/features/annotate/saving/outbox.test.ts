import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { WireOp, WireRegion } from '@/canvas/document/wire';
import { ApiError } from '@/lib/api-error';

import { MemoryJournal, takenOver, type Journal, type JournalEntry } from './journal';
import { sendLeftovers, type LeftoverHost } from './leftovers';
import { Outbox, type CurrentDraft, type OutboxOptions } from './outbox';

const region = (id: string, x = 0): WireRegion => ({
  region_id: id,
  label_id: 'l',
  shape: 'box',
  geometry: { box: [x, 0, x + 10, 10] },
});
let opNumber = 0;
const put = (id: string, x = 0): WireOp => ({ op_id: `op${++opNumber}`, op: 'put', region: region(id, x) });
const drop = (id: string): WireOp => ({ op_id: `op${++opNumber}`, op: 'delete', region_id: id });

/** A server that applies operations once, guards the version, and fails when told to. */
class Server {
  version = 3;
  readonly applied: string[] = [];
  readonly sent: { version: number; ops: WireOp[] }[] = [];
  failures: ApiError[] = [];
  /** Applies, then loses the answer. */
  losesAnswer = false;

  send = (version: number, ops: WireOp[]) => {
    this.sent.push({ version, ops });
    const failure = this.failures.shift();
    if (failure) return Promise.reject(failure);
    if (!ops.every((op) => this.applied.includes(op.op_id))) {
      if (version !== this.version) return Promise.reject(stale(this.version));
      this.applied.push(...ops.map((op) => op.op_id));
      this.version += 1;
    }
    if (this.losesAnswer) {
      this.losesAnswer = false;
      return Promise.reject(new ApiError(0, {}));
    }
    return Promise.resolve({ draft_version: this.version, saved_at: null });
  };
}

const stale = (draft_version: number, regions: WireRegion[] = []) =>
  new ApiError(412, { code: 'draft_stale', current: { draft_version, labels: { regions, tags: [] } } });

function setUp(changes: Partial<OutboxOptions> = {}) {
  const server = new Server();
  const journal: Journal = new MemoryJournal();
  const conflicts: CurrentDraft[] = [];
  const outbox = new Outbox({
    tab: 'tab1',
    assignmentId: 'as1',
    taskId: 't1',
    owner: 'ann',
    version: 3,
    labels: { regions: [region('old')], tags: ['day'] },
    send: server.send,
    journal,
    activeSeconds: () => 12,
    onChange: () => undefined,
    onConflict: (current) => conflicts.push(current),
    ...changes,
  });
  return { server, journal, outbox, conflicts };
}

/** What finishes leftovers here, on the same server; nothing else is at it. */
const leftoverHost = (server: Server): LeftoverHost => ({
  isBusy: () => false,
  send: (_id, version, ops) => server.send(version, ops),
  submit: () => Promise.resolve(),
  during: () => undefined,
  onSubmitted: () => undefined,
  onRefused: () => undefined,
});

describe('outbox', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('saves within two seconds, also while a person never pauses', async () => {
    const { server, outbox } = setUp();
    for (let i = 0; i < 9; i += 1) {
      outbox.push([put('a', i)]);
      await vi.advanceTimersByTimeAsync(200);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(server.sent.length).toBe(1);
    expect(server.sent[0]?.version).toBe(3);
    expect(outbox.state).toBe('saved');
  });

  it('sends only the last state of a row, and nothing that changes nothing', async () => {
    const { server, outbox } = setUp();
    outbox.push([put('a', 1), put('a', 2), put('old', 0), put('b'), drop('b')]);
    outbox.push([{ op_id: 'tags', op: 'tags', tags: ['day'] }]);
    await outbox.flush();
    expect(server.sent.map((each) => each.ops.map((op) => op.op))).toEqual([['put']]);
    expect(server.sent[0]?.ops[0]).toMatchObject({ region: { geometry: { box: [2, 0, 12, 10] } } });
  });

  it('keeps what cannot be sent and replays it in order when the line is back', async () => {
    const { server, journal, outbox } = setUp();
    server.failures = [new ApiError(0, {}), new ApiError(503, {})];
    outbox.push([put('a')]);
    await outbox.flush();
    expect(outbox.state).toBe('offline');
    outbox.push([put('b'), drop('old')]);
    await outbox.settled();
    const [kept] = await journal.read('as1');
    expect([kept?.sending.length, kept?.waiting.length]).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(outbox.state).toBe('saved');
    expect(server.applied.length).toBe(3);
    await outbox.settled();
    expect(await journal.read('as1')).toEqual([]);
  });

  it('survives a lost answer and a reload without saving twice', async () => {
    const first = setUp();
    first.server.losesAnswer = true;
    first.outbox.push([put('a')]);
    await first.outbox.flush();
    first.outbox.push([put('b')]);
    await first.outbox.settled();
    first.outbox.close(false);
    const [entry] = await first.journal.read('as1');

    const second = setUp({ send: first.server.send, journal: first.journal, version: 4 });
    if (entry) second.outbox.restore(entry);
    await second.outbox.flush();
    expect(second.outbox.state).toBe('saved');
    expect(first.server.applied.length).toBe(2);
    expect(second.outbox.version).toBe(5);
  });

  it('keeps two tabs of one person apart, and a third takes over what both left', async () => {
    const one = setUp({ tab: 'one' });
    const two = setUp({ tab: 'two', journal: one.journal });
    one.server.failures = [new ApiError(0, {})];
    one.outbox.push([put('a')]);
    await one.outbox.flush();
    await one.outbox.settled();
    vi.advanceTimersByTime(10);
    two.outbox.push([put('b')]);
    await two.outbox.flush();
    await two.outbox.settled();
    const left = await one.journal.read('as1');
    expect(left.map((entry) => entry.tab)).toEqual(['one']);

    two.server.failures = [new ApiError(0, {})];
    two.outbox.push([put('b', 5)]);
    await two.outbox.flush();
    await two.outbox.settled();
    const three = setUp({ tab: 'three', journal: one.journal });
    const kept = takenOver(await one.journal.read('as1'), 'three');
    three.server.version = kept?.version ?? 0;
    if (kept) three.outbox.restore(kept);
    await three.outbox.flush();
    expect(three.server.sent.flatMap((each) => each.ops).map((op) => op.op)).toEqual(['put', 'put']);
    expect(three.server.applied.length).toBe(2);
  });

  it('warns of leaving only while something is neither on the server nor in a lasting journal', async () => {
    class Lasting extends MemoryJournal {
      override readonly durable = true;
      isFull = false;
      override write(entry: JournalEntry): Promise<void> {
        return this.isFull ? Promise.reject(new Error('full')) : super.write(entry);
      }
    }
    const journal = new Lasting();
    const { server, outbox } = setUp({ journal });
    server.failures = Array.from({ length: 9 }, () => new ApiError(0, {}));
    expect(outbox.isLoose).toBe(false);
    outbox.push([put('a')]);
    expect(outbox.isLoose).toBe(true);
    await outbox.settled();
    expect(outbox.isLoose).toBe(false);
    journal.isFull = true;
    outbox.push([put('b')]);
    await outbox.settled();
    expect(outbox.isLoose).toBe(true);
    server.failures = [];
    await outbox.flush();
    expect([outbox.state, outbox.isLoose]).toEqual(['saved', false]);
    const loose = setUp().outbox;
    loose.push([put('c')]);
    await loose.settled();
    expect(loose.isLoose).toBe(true);
  });

  it('sends what waits beside what is on its way when the page goes', async () => {
    const { server, outbox } = setUp();
    outbox.push([put('a')]);
    const flight = outbox.flush();
    outbox.push([put('b')]);
    outbox.part();
    expect(server.sent.map((each) => each.version)).toEqual([3, 4]);
    await flight;
    expect(server.applied.length).toBe(2);
    expect([outbox.state, outbox.pending]).toEqual(['saved', 0]);
  });

  it('sends no more at once than the server takes, also after a takeover', async () => {
    const { server, journal, outbox } = setUp();
    const ops = Array.from({ length: 1_203 }, (_, n) => ({ op: put(`r${n}`), before: null }));
    const entry = {
      tab: 'x',
      assignmentId: 'as1',
      taskId: 't1',
      version: 3,
      decisions: [],
      activeSeconds: 1,
      at: 1,
      owner: 'ann',
      intent: null,
    };
    outbox.restore({ ...entry, sending: ops, waiting: [] });
    await outbox.flush();
    expect(server.sent.map((each) => each.ops.length)).toEqual([500, 500, 203]);
    expect(server.applied.length).toBe(1_203);
    await outbox.settled();
    expect(await journal.read('as1')).toEqual([]);
  });

  it('waits for the sign-in and goes on after it', async () => {
    const { server, outbox } = setUp();
    server.failures = [new ApiError(401, {})];
    outbox.push([put('a')]);
    await outbox.flush();
    outbox.push([put('b')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([outbox.state, server.sent.length]).toEqual(['signed-out', 1]);
    outbox.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.state).toBe('saved');
  });

  it('hands a stale save to the merge and goes on from its result', async () => {
    const { server, outbox, conflicts } = setUp();
    server.version = 9;
    outbox.push([put('old', 5), put('mine')]);
    await outbox.flush();
    expect(outbox.state).toBe('conflict');
    expect(conflicts[0]?.draft_version).toBe(9);
    expect(outbox.changes().regions.map((each) => [each.id, each.before?.region_id])).toEqual([
      ['old', 'old'],
      ['mine', undefined],
    ]);
    outbox.adopt({ draft_version: 9, labels: { regions: [region('theirs')], tags: [] } }, [put('mine')]);
    await outbox.flush();
    expect(outbox.state).toBe('saved');
    expect(server.sent.at(-1)).toMatchObject({ version: 9 });
  });

  it('sends a merge that was settled without asking at once', async () => {
    const { server, outbox } = setUp({
      onConflict: (current) => outbox.adopt(current, [put('mine')]),
    });
    server.version = 9;
    outbox.push([put('mine')]);
    await outbox.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect([outbox.state, outbox.version, server.applied.length]).toEqual(['saved', 10, 1]);
  });

  it('says what was refused and keeps it', async () => {
    const { server, journal, outbox } = setUp();
    server.failures = [new ApiError(409, { code: 'not_open', message: 'Closed.' })];
    outbox.push([put('a')]);
    await outbox.flush();
    await outbox.settled();
    expect([outbox.state, outbox.problem?.code]).toEqual(['refused', 'not_open']);
    expect((await journal.read('as1'))[0]?.sending.length).toBe(1);
  });

  it('keeps decisions on suggestions until the submit', async () => {
    const { journal, outbox } = setUp();
    outbox.decide([{ suggestion_id: 's', state: 'rejected' }]);
    await outbox.settled();
    expect((await journal.read('as1'))[0]?.decisions.length).toBe(1);
    outbox.close(true);
    await outbox.settled();
    expect(await journal.read('as1')).toEqual([]);
  });

  it('leaves nothing behind of a picture that was left while offline', async () => {
    const { server, journal, outbox } = setUp();
    server.failures = [new ApiError(0, {}), new ApiError(0, {})];
    outbox.push([put('a')]);
    await outbox.flush();
    outbox.push([put('b')]);
    await outbox.settled();
    outbox.close(false);
    const host = leftoverHost(server);
    expect(await sendLeftovers(journal, { ...host, isBusy: () => true })).toBe(0);
    expect(await sendLeftovers(journal, host)).toBe(0);
    expect(await sendLeftovers(journal, host)).toBe(1);
    expect([server.applied.length, await journal.read('as1')]).toEqual([2, []]);
  });
});
