/** One place for the four states of anything fetched: loading, trouble, empty, there. */
import { Alert, Button, Group, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { ErrorState } from '@/components/states';
import { toApiError } from '@/lib/api-error';

type Fetched<T> = Pick<UseQueryResult<T, unknown>, 'data' | 'error' | 'isPending' | 'refetch'>;
type QueryViewProps<T> = {
  query: Fetched<T>;
  /** Shaped like the content, so that nothing jumps when it comes. */
  skeleton: ReactNode;
  empty?: ReactNode;
  isEmpty?: (data: T) => boolean;
  /** What a failure did not touch, e.g. "Your draft is kept in this browser." */
  kept?: string;
  children: (data: T) => ReactNode;
};

export function QueryView<T>({ query, skeleton, empty, isEmpty, kept, children }: QueryViewProps<T>) {
  const retry = () => void query.refetch();
  if (query.data === undefined) {
    return query.error ? <ErrorState error={query.error} retry={retry} kept={kept} /> : <>{skeleton}</>;
  }
  const content = empty !== undefined && isEmpty?.(query.data) ? empty : children(query.data);
  if (!query.error) return <>{content}</>;
  return (
    <>
      <Alert color="yellow" variant="light" mb="sm" py="xs">
        <Group justify="space-between">
          <Text size="sm">This is what was loaded before. {toApiError(query.error).message}</Text>
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        </Group>
      </Alert>
      {content}
    </>
  );
}
