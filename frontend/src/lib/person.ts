/** Who is signed in, for work that outlives pages: what one person did must never be sent as another. */

let current: string | null | undefined;
const listeners = new Set<() => void>();

/** Id of the person signed in; null for nobody; undefined before the server said so. */
export const signedInAs = (): string | null | undefined => current;

/** Whether what this person did may be sent now. */
export const maySendAs = (owner: string): boolean => current === undefined || current === owner;

/** The server's word on who is signed in, each time it is heard. */
export function rememberPerson(id: string | null): void {
  current = id;
  for (const listener of [...listeners]) listener();
}

/** Called each time the server says who is signed in, also where it is the same person again. */
export function onPerson(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
