import { describe, expect, it } from 'vitest';

import { DecisionSender, type Skipped } from './sender';

/** A server that answers when told to. */
function server() {
  const calls: string[] = [];
  const answers: { give: (answer: Skipped) => void; fail: (error: Error) => void }[] = [];
  const wait = (said: string) => {
    calls.push(said);
    return new Promise<Skipped>((give, fail) => answers.push({ give, fail }));
  };
  return {
    calls,
    answers,
    deliver: {
      decide: (ids: readonly string[], verdict: string) => wait(`${verdict} ${ids.join(' ')}`),
      undo: (ids: readonly string[]) => wait(`undo ${ids.join(' ')}`),
    },
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));
const nothing: Skipped = { skipped: [] };

describe('decisions on their way', () => {
  it('go one at a time, and what waits behind goes together', async () => {
    const { calls, answers, deliver } = server();
    const sender = new DecisionSender(deliver);
    for (const id of ['a', 'b', 'c']) void sender.send([id], 'accepted');
    void sender.send(['d'], 'rejected');
    expect(calls).toEqual(['accepted a']);
    answers[0]?.give(nothing);
    await settled();
    expect(calls).toEqual(['accepted a', 'accepted b c']);
    answers[1]?.give(nothing);
    await settled();
    expect(calls.at(-1)).toBe('rejected d');
    expect(sender.isBusy).toBe(true);
    answers[2]?.give(nothing);
    await settled();
    expect(sender.isBusy).toBe(false);
  });

  it('an undo never overtakes what it takes back', async () => {
    const { calls, answers, deliver } = server();
    const sender = new DecisionSender(deliver);
    void sender.send(['a'], 'accepted');
    const undone = sender.send(['a'], 'undo');
    await settled();
    expect(calls).toEqual(['accepted a']);
    answers[0]?.give(nothing);
    await settled();
    answers[1]?.give(nothing);
    await expect(undone).resolves.toEqual([]);
    expect(calls).toEqual(['accepted a', 'undo a']);
  });

  it('each hears of its own part of an answer', async () => {
    const { answers, deliver } = server();
    const sender = new DecisionSender(deliver);
    const first = sender.send(['a'], 'accepted');
    const [second, third] = [sender.send(['b'], 'accepted'), sender.send(['c'], 'accepted')];
    answers[0]?.give(nothing);
    await settled();
    const word = { suggestion_id: 'c', reason: 'A person has worked on this picture.' };
    answers[1]?.give({ skipped: [word] });
    expect(await Promise.all([first, second, third])).toEqual([[], [], [word]]);
  });

  it('a failure is told to those it concerns, and the rest goes on', async () => {
    const { calls, answers, deliver } = server();
    const sender = new DecisionSender(deliver);
    const lost = sender.send(['a'], 'accepted');
    const kept = sender.send(['b'], 'rejected');
    answers[0]?.fail(new Error('offline'));
    await expect(lost).rejects.toThrow('offline');
    await settled();
    answers[1]?.give(nothing);
    await expect(kept).resolves.toEqual([]);
    expect(calls).toEqual(['accepted a', 'rejected b']);
  });

  it('a request holds no more than the server takes', async () => {
    const { calls, answers, deliver } = server();
    const sender = new DecisionSender(deliver);
    void sender.send(['x'], 'accepted');
    const many = Array.from({ length: 300 }, (_, n) => String(n));
    void sender.send(many, 'accepted');
    void sender.send(many, 'accepted');
    answers[0]?.give(nothing);
    await settled();
    expect(calls[1]?.split(' ')).toHaveLength(301);
  });
});
