/** Joining and parting tracks at a seam, and the way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { useAction } from '@/hooks/use-action';
import type { ApiError } from '@/lib/api-error';

import { seamQuery, tracksLink, type Kind, type Place, type Said } from './api';
import { seamWords as words } from './strings';
import type { Choice } from './view';

const TOLD = { together: words.joined, apart: words.parted } as const;

export function useSaying(place: Place, number: number, choose: (choice: Choice) => void) {
  const cache = useQueryClient();
  // What was said before of those of which something was said here, the last one last.
  const [former, setFormer] = useState<readonly Said[]>([]);
  const [told, setTold] = useState('');
  const send = useAction({
    run: (said: Said) => tracksLink(place, number, said),
    onDone: (seam) => cache.setQueryData(seamQuery(place, number).queryKey, seam),
  });
  const say = ({ earlier, later }: Choice, kind: Kind | null, before: Kind | null) => {
    if (!earlier || !later) return;
    const done = () => {
      setFormer((rows) => [...rows, { earlier, later, kind: before }]);
      setTold(kind ? TOLD[kind] : words.forgotten);
    };
    send.mutate({ earlier, later, kind }, { onSuccess: done });
  };
  const undo = () => {
    const last = former.at(-1);
    if (!last) return;
    const drop = () => setFormer((rows) => rows.slice(0, -1));
    const done = () => {
      drop();
      setTold(words.undone);
      choose({ earlier: last.earlier, later: last.later });
    };
    // Refused it would be refused again, and bar the way to those before it.
    const failed = (error: ApiError) => !error.isTransient && drop();
    send.mutate(last, { onSuccess: done, onError: failed });
  };
  return { say, undo, told, canUndo: former.length > 0 && !send.isPending, isBusy: send.isPending };
}
