/** What stays open beside the picture, kept in this browser. */
export type Side = 'guidelines' | 'history' | null;

const NAME = 'siteloop.annotate.side';

/** Guidelines stay open from picture to picture and from day to day; history is of one picture. */
export function keptSide(): Side {
  try {
    return localStorage.getItem(NAME) === 'guidelines' ? 'guidelines' : null;
  } catch {
    return null; // storage may be barred by the browser
  }
}

export function keepSide(side: Side): void {
  try {
    localStorage.setItem(NAME, side === 'guidelines' ? side : '');
  } catch {
    // It then holds until the page is left.
  }
}
