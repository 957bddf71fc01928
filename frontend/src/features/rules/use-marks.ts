/** From stored zones and lines to a drawing, and back: only what differs is sent. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import {
  markingCreate,
  markingDelete,
  markingsQuery,
  markingUpdate,
  type Marking,
} from '@/features/rules/api';
import { ruleWords as words } from '@/features/rules/strings';
import type { Drawn, DrawnKind } from '@/components/draw/shapes';
import type { Drawing } from '@/components/draw/use-drawing';
import type { Pair } from '@/canvas/geometry/points';
import { toApiError } from '@/lib/api-error';
import { toastDone } from '@/lib/toast';

/** Told apart by colour-blind eyes too, on dark and bright pictures (Okabe and Ito). */
const COLORS = ['#56b4e9', '#e69f00', '#009e73', '#f0e442', '#cc79a7', '#d55e00', '#0072b2'];

type Like = { id: string; kind: DrawnKind; name: string; points: readonly (readonly number[])[] };

/** Those drawn in the picture; `from` shifts the colours for ones that join others. */
export function drawnOf(marks: readonly (Like & { space?: Marking['space'] })[], from = 0): Drawn[] {
  return marks
    .filter(({ space }) => space !== 'ground')
    .map(({ id, kind, name, points }, at) => ({
      id,
      kind,
      name,
      color: COLORS[(from + at) % COLORS.length] ?? '#56b4e9',
      points: points.map(([x = 0, y = 0]): Pair => [x, y]),
    }));
}

export function freshName(kind: DrawnKind, shapes: readonly Drawn[]): string {
  const taken = new Set(shapes.map(({ name }) => name));
  let n = 1;
  while (taken.has(`${words[kind]} ${n}`)) n += 1;
  return `${words[kind]} ${n}`;
}

const plain = (points: readonly Pair[]) =>
  points.map(([x, y]) => [Number(x.toFixed(5)), Number(y.toFixed(5))]);
const isSame = (mark: Marking, shape: Drawn) =>
  mark.name === shape.name.trim() && JSON.stringify(mark.points) === JSON.stringify(plain(shape.points));

export function useMarkSaving(projectId: string, feedId: string, marks: Marking[], drawing: Drawing) {
  const cache = useQueryClient();
  const inPicture = marks.filter(({ space }) => space !== 'ground');
  const gone = inPicture.filter(({ id }) => !drawing.shapes.some((shape) => shape.id === id));
  const fresh = drawing.shapes.filter(({ id }) => !inPicture.some((mark) => mark.id === id));
  const changed = inPicture.flatMap((mark) => {
    const shape = drawing.shapes.find(({ id }) => id === mark.id);
    return shape && !isSame(mark, shape) ? [{ mark, shape }] : [];
  });
  const save = useMutation({
    mutationFn: async () => {
      // One after the other: a name that is given up must be free before another takes it.
      for (const mark of gone) await markingDelete(mark.id);
      for (const { mark, shape } of changed)
        await markingUpdate(mark.id, { name: shape.name.trim(), points: plain(shape.points) }, mark.version);
      for (const { kind, name, points } of fresh)
        await markingCreate(feedId, {
          kind,
          name: name.trim(),
          space: 'picture',
          points: plain(points),
        });
    },
    onSuccess: () => toastDone(words.saved),
    onSettled: async (_done, error) => {
      const now = await cache
        .fetchQuery({ ...markingsQuery(projectId, feedId), staleTime: 0 })
        .catch(() => null);
      if (now && !error) drawing.reset(drawnOf(now));
    },
  });
  return {
    isChanged: gone.length + fresh.length + changed.length > 0,
    isPending: save.isPending,
    problem: save.error ? toApiError(save.error).message : null,
    save: () => save.mutate(),
  };
}
