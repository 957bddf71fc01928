/** The address of a camera as it is sent: with name and password where they were typed apart. */
export function withCredentials(address: string, name: string, password: string): string {
  const trimmed = address.trim();
  if (!name && !password) return trimmed;
  const [, scheme, rest] = /^([a-z]+:\/\/)(?:[^/@]*@)?(.*)$/i.exec(trimmed) ?? [];
  if (!scheme || rest === undefined) return trimmed;
  return `${scheme}${encodeURIComponent(name)}:${encodeURIComponent(password)}@${rest}`;
}
