import { act, renderHook } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { decideSuggestions, undoSuggestions } from './api';
import { START, verdictsOf } from './grid-state';
import { useDecisions } from './use-decisions';

vi.mock('./api');
vi.mock('@/lib/toast');
const decideCall = vi.mocked(decideSuggestions);
const undoCall = vi.mocked(undoSuggestions);
type Answer = Awaited<ReturnType<typeof decideSuggestions>>;
const answered = (...skipped: string[]) =>
  ({
    decided: [],
    skipped: skipped.map((id) => ({ suggestion_id: id, reason: 'gone' })),
  }) as unknown as Answer;

function desk() {
  const refetch = vi.fn(() => Promise.resolve());
  const { result } = renderHook(() => {
    const [state, setState] = useState(START);
    const verdicts = verdictsOf(state);
    const ids = ['a', 'b', 'c'];
    return { verdicts, ...useDecisions({ projectId: 'p', state, setState, verdicts, ids, refetch }) };
  });
  const decide = (...given: Parameters<typeof result.current.decide>) =>
    act(() => result.current.decide(...given));
  return { decide, shown: () => Object.fromEntries(result.current.verdicts), refetch };
}

beforeEach(() => {
  vi.resetAllMocks();
  decideCall.mockResolvedValue(answered());
  undoCall.mockResolvedValue(answered());
});

describe('deciding again', () => {
  it('shows what stands where the first decision could not be taken back', async () => {
    const { decide, shown, refetch } = desk();
    await decide('accepted', ['a', 'b']);
    undoCall.mockRejectedValueOnce(new Error('away'));
    decideCall.mockResolvedValueOnce(answered('a'));
    await decide('rejected', ['a', 'c']);
    expect(shown()).toEqual({ a: 'accepted', b: 'accepted', c: 'rejected' });
    expect(refetch).toHaveBeenCalledOnce();
  });

  it('shows what stands where neither half arrived, and as open what was taken back alone', async () => {
    const { decide, shown } = desk();
    await decide('accepted', ['a', 'b']);
    undoCall.mockRejectedValueOnce(new Error('away'));
    decideCall.mockRejectedValueOnce(new Error('away'));
    await decide('rejected', ['a']);
    expect(shown()).toEqual({ a: 'accepted', b: 'accepted' });
    decideCall.mockRejectedValueOnce(new Error('away'));
    await decide('rejected', ['a']);
    expect(shown()).toEqual({ b: 'accepted' });
  });
});
