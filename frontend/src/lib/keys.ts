/** What the pages with many keys share: how a key press is written. */

type KeyLike = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean };

/** `Ctrl+Enter`, `Shift+F`, `?`, `PageUp`: Ctrl stands for Cmd too; Shift is not said of signs. */
export function chordOf(event: KeyLike): string {
  const isSign = event.key.length === 1;
  const key = isSign ? event.key.toUpperCase() : event.key;
  const isLetter = isSign && key !== key.toLowerCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey && (isLetter || !isSign)) parts.push('Shift');
  return [...parts, key].join('+');
}
