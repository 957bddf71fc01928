/** What the grid shows, kept in the address so that it can be sent, bookmarked and gone back to. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

import { filtersFrom, orderFrom, searchOf, type Filters, type Order } from '@/features/data/filters';
import { paths } from '@/lib/paths';

type Change = { filters?: Filters; order?: Order; asset?: string | null };

export function useGridView(projectId: string) {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const filters = useMemo(() => filtersFrom(search), [search]);
  const order = orderFrom(search.order);
  const asset = typeof search.asset === 'string' ? search.asset : null;
  const change = useCallback(
    (to: Change) => {
      const next = { filters, order, asset, ...to };
      void navigate({
        to: paths.data(projectId),
        search: {
          ...searchOf(next.filters),
          ...(next.order === 'newest' ? {} : { order: next.order }),
          ...(next.asset ? { asset: next.asset } : {}),
        },
        // Stepping through pictures should not fill the way back.
        replace: to.filters === undefined,
      });
    },
    [navigate, projectId, filters, order, asset],
  );
  return { filters, order, asset, change };
}

export type GridView = ReturnType<typeof useGridView>;
