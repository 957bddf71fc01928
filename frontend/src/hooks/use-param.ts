import { useParams } from '@tanstack/react-router';

/** A part of the page's address, e.g. `useParam('projectId')`. */
export function useParam(name: string): string {
  const value = useOptionalParam(name);
  if (value === undefined) throw new Error(`this page's address has no ${name}`);
  return value;
}

export function useOptionalParam(name: string): string | undefined {
  return (useParams({ strict: false }) as Record<string, string | undefined>)[name];
}
