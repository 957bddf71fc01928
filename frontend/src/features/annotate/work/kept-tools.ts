/** How a person's tools and view were set, in this browser. */
import type { ToolOptions } from '@/canvas/tools/options';

const OPTIONS = 'siteloop.tools';
const VIEW = 'siteloop.view';

function read(name: string): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {}; // storage may be barred by the browser, or its content broken
  }
}

function write(name: string, value: object): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // It then starts from the defaults the next time.
  }
}

/** Those kept values that are of the same type as the defaults; anything else is left out. */
function sound<T extends object>(defaults: T, kept: Record<string, unknown>): Partial<T> {
  return Object.fromEntries(
    Object.entries(defaults).flatMap(([key, value]: [string, unknown]) =>
      typeof kept[key] === typeof value ? [[key, kept[key]]] : [],
    ),
  ) as Partial<T>;
}

/** Without what a drawn polygon is added to: that belongs to one moment. */
export function keptOptions(defaults: ToolOptions): Partial<ToolOptions> {
  const { combine: _combine, ...kept } = sound(defaults, read(OPTIONS));
  return kept;
}

export const keepOptions = (options: ToolOptions): void => write(OPTIONS, options);

export const keptView = <T extends object>(defaults: T): Partial<T> => sound(defaults, read(VIEW));

export const keepView = (view: object): void => write(VIEW, view);
