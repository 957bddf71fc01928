import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';

import type { ApiError } from '@/lib/api-error';

type Props = { error: ApiError | null; /** Fields that show their own problem. */ fields?: string[] };

/** What went wrong with a form as a whole; said once, so not when a field says it. */
export function FormError({ error, fields = [] }: Props) {
  if (!error || fields.some((field) => field in error.fields)) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} role="alert" py="xs">
      {error.message}
    </Alert>
  );
}
