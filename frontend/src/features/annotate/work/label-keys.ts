/** Which key picks which label. Pure. */
import type { Label } from '@/types/api';

/** The key that picks a label: its own, or the digit of its place. Empty: none. */
export function shortcutOf(labels: readonly Label[], index: number): string {
  const label = labels[index];
  if (label?.shortcut) return label.shortcut;
  if (index > 9) return '';
  const digit = String((index + 1) % 10);
  return labels.some((each) => each.shortcut === digit) ? '' : digit;
}
