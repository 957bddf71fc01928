/** Requests that go on where the page ends meanwhile, within what the browser allows. */

/** A browser refuses all past 64 KiB on their way at once; the rest is for small notes such as presence. */
const OUTLIVES_PAGE_BYTES = 60_000;
let onTheWay = 0;

/** Asks `send` to outlive the page where the body still fits beside those that are on their way. */
export async function outliving<T>(
  raw: string,
  send: (raw: string, keepalive: boolean) => Promise<T>,
): Promise<T> {
  const size = new TextEncoder().encode(raw).length;
  const fits = onTheWay + size <= OUTLIVES_PAGE_BYTES;
  if (!fits) return send(raw, false);
  onTheWay += size;
  try {
    return await send(raw, true);
  } finally {
    onTheWay -= size;
  }
}
