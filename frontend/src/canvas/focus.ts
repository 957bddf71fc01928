/** Which keys belong to what holds the focus, and so to no page and no canvas behind it. */

type KeyLike = { key: string; shiftKey: boolean };

/** Whether the key goes into a field, a dialog or a menu, where letters find an item. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest(
      'input:not([type="checkbox"], [type="radio"]), textarea, select, [role="dialog"], [role="menu"], [role="listbox"]',
    ) !== null
  );
}

/** Whether a focused button, link, choice or slider uses this key itself; none of them has a use for Shift with an end. */
export function usesKeyItself(target: EventTarget | null, { key, shiftKey }: KeyLike): boolean {
  if (!(target instanceof HTMLElement) || (shiftKey && (key === 'Home' || key === 'End'))) return false;
  const own = ['Enter', ' ', 'Tab', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];
  if (!own.includes(key)) return false;
  // A cell of a grid over which the page moves a cursor of its own.
  if (key.startsWith('Arrow') && target.closest('[data-arrows="page"]')) return false;
  if (target.closest('button, a, input, [role="tab"]')) return true;
  return key !== ' ' && key !== 'Enter' && target.closest('[role="slider"]') !== null;
}
