import { describe, expect, it } from 'vitest';

import { ApiError } from '@/lib/api-error';

import { MemoryJournal, type JournalEntry } from './journal';
import { sendLeftovers, type LeftoverHost } from './leftovers';

const body = {
  base_revision_id: null,
  decisions: [],
  active_seconds: 7,
  approve: false,
  nothing_here: false,
};
const submitted: JournalEntry = {
  tab: 'closed',
  assignmentId: 'as',
  taskId: 't',
  version: 4,
  sending: [{ op: { op_id: 'o', op: 'delete', region_id: 'r' }, before: null }],
  waiting: [],
  decisions: [],
  activeSeconds: 7,
  at: 1,
  owner: 'ann',
  intent: { key: 'the key', body, projectId: 'p', taskName: 'dock.jpg' },
};

function setUp(changes: Partial<LeftoverHost> = {}) {
  const said: unknown[] = [];
  const host: LeftoverHost = {
    isBusy: () => false,
    send: (id, version) => {
      said.push(['draft', id, version]);
      return Promise.resolve({ draft_version: version + 1, saved_at: null });
    },
    submit: (id, version, key) => {
      said.push(['submit', id, version, key]);
      return Promise.resolve();
    },
    during: () => undefined,
    onSubmitted: () => said.push('taken'),
    onRefused: (_entry, intent, error) => said.push(['refused', intent.taskName, error.message]),
    ...changes,
  };
  return { said, host, journal: new MemoryJournal() };
}

describe('what a closed page left', () => {
  it('is saved and submitted as that page would have, and forgotten', async () => {
    const { said, host, journal } = setUp();
    await journal.write(submitted);
    expect(await sendLeftovers(journal, host)).toBe(1);
    expect(said).toEqual([['draft', 'as', 4], ['submit', 'as', 5, 'the key'], 'taken']);
    expect(await journal.all()).toEqual([]);
  });

  it.each([0, 503, 401])('is kept to be submitted later where the answer is %i', async (status) => {
    const { said, host, journal } = setUp({ submit: () => Promise.reject(new ApiError(status, {})) });
    await journal.write(submitted);
    expect(await sendLeftovers(journal, host)).toBe(0);
    expect(said).toEqual([['draft', 'as', 4]]);
    expect((await journal.all())[0]?.intent?.key).toBe('the key');
  });

  it('is told of where the server will not take it, and not submitted again', async () => {
    const { said, host, journal } = setUp({
      submit: () => Promise.reject(new ApiError(422, { message: 'Too small.' })),
    });
    await journal.write({ ...submitted, sending: [] });
    expect(await sendLeftovers(journal, host)).toBe(0);
    expect(said).toEqual([['refused', 'dock.jpg', 'Too small.']]);
    expect(await journal.all()).toEqual([]);
  });

  it('is let alone from the moment on at which somebody opens it', async () => {
    let isOpen = false;
    const { said, host, journal } = setUp({ isBusy: () => isOpen });
    host.send = (_id, version) => {
      isOpen = true;
      return Promise.resolve({ draft_version: version + 1, saved_at: null });
    };
    await journal.write(submitted);
    expect(await sendLeftovers(journal, host)).toBe(0);
    expect(said).toEqual([]);
    expect(await journal.all(), 'the page that opened it writes the journal now').toHaveLength(1);
  });

  it('keeps what was drawn since by the page that opened it meanwhile', async () => {
    const { host, journal } = setUp();
    const edits: JournalEntry = { ...submitted, intent: null };
    let isOpen = false;
    host.isBusy = () => isOpen;
    host.send = async (_id, version) => {
      isOpen = true;
      await journal.write({ ...edits, at: 2 });
      return { draft_version: version + 1, saved_at: null };
    };
    await journal.write(edits);
    await sendLeftovers(journal, host);
    expect((await journal.all())[0]?.at).toBe(2);
  });
});
