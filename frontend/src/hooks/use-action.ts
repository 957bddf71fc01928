/** A change sent to the server: errors become a toast, what it made old is fetched again. */
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';

import { toApiError, type ApiError } from '@/lib/api-error';
import { toastDone, toastError } from '@/lib/toast';

type Action<In, Out> = {
  run: (input: In) => Promise<Out>;
  /** Query keys (prefixes) that the change made old. */
  makesOld?: QueryKey[];
  /** Said in a toast when it worked. */
  done?: string | ((output: Out, input: In) => string);
  onDone?: (output: Out, input: In) => void;
  /** 'inline' when the page shows `error` itself, e.g. beside form fields. */
  errors?: 'toast' | 'inline';
};

export function useAction<In = void, Out = unknown>({
  run,
  makesOld = [],
  done,
  onDone,
  errors = 'toast',
}: Action<In, Out>) {
  const cache = useQueryClient();
  return useMutation<Out, ApiError, In>({
    mutationFn: (input) =>
      run(input).catch((error: unknown) => {
        throw toApiError(error);
      }),
    onSuccess: (output, input) => {
      for (const queryKey of makesOld) void cache.invalidateQueries({ queryKey });
      if (done) toastDone(typeof done === 'function' ? done(output, input) : done);
      onDone?.(output, input);
    },
    onError: (error) => {
      // Signed out has its own dialog; a second message would only be in the way.
      if (errors === 'toast' && !error.isSignedOut) toastError(error);
    },
  });
}
