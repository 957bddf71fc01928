import { Skeleton, Stack } from '@mantine/core';

import css from './annotate.module.css';

/** The bench before its first task is there, in the same places. */
export function BenchSkeleton() {
  return (
    <div className={css.bench} role="group" aria-busy="true" aria-label="Loading">
      <div className={css.top}>
        <Skeleton h={18} w={180} />
      </div>
      <div className={css.tools} />
      <div className={css.stage} />
      <div className={css.panel}>
        <Stack p="sm" gap="xs">
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} h={22} />
          ))}
        </Stack>
      </div>
      <div className={css.line} />
    </div>
  );
}
