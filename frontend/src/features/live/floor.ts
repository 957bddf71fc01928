/** A feed's floor as the wall hears it, and how it is drawn over the picture: circles, distances, speeds. */

export type Nearness = 'near' | 'far' | 'unsure';
export type FloorPerson = {
  track_id: number;
  nearness: Nearness;
  speed_m_s: number | null;
  speed_plus_minus: number | null;
  /** x, y, x, y… in pixels of the frame. */
  circle: number[] | null;
};
export type FloorPair = {
  first: number;
  second: number;
  metres: number;
  plus_minus_m: number;
  is_judged: boolean;
  is_near: boolean;
};
export type Floor = {
  view: 'none' | 'measured' | 'moved' | 'lost';
  limit_m: number;
  people: FloorPerson[];
  pairs: FloorPair[];
};
export type FloorShown = { circles: boolean; distances: boolean; speeds: boolean };

export const NO_FLOOR: Floor = { view: 'none', limit_m: 0, people: [], pairs: [] };
export const ALL_SHOWN: FloorShown = { circles: true, distances: true, speeds: true };
/** What of the floor a feed's settings let the wall draw. */
export const floorShown = (settings: {
  show_circles?: boolean;
  show_distances?: boolean;
  show_speeds?: boolean;
}): FloorShown => ({
  circles: settings.show_circles ?? true,
  distances: settings.show_distances ?? true,
  speeds: settings.show_speeds ?? true,
});
const VIEWS: readonly string[] = ['none', 'measured', 'moved', 'lost'];

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** The floor part of a message; what cannot be drawn is left out, and anything strange is no floor. */
export function floorFrom(raw: unknown): Floor {
  const given = (raw ?? {}) as Partial<Floor>;
  if (typeof given.view !== 'string' || !VIEWS.includes(given.view)) return NO_FLOOR;
  const people = Array.isArray(given.people) ? given.people : [];
  const pairs = Array.isArray(given.pairs) ? given.pairs : [];
  return {
    view: given.view,
    limit_m: isNumber(given.limit_m) ? given.limit_m : 0,
    people: people.filter((each) => isNumber(each?.track_id)),
    pairs: pairs.filter((each) => isNumber(each?.metres) && isNumber(each.plus_minus_m)),
  };
}

export type FloorCounts = { people: number; near: number; unsure: number; closest: FloorPair | null };

export function countsOf(floor: Floor): FloorCounts {
  const judged = floor.pairs.filter(({ is_judged }) => is_judged);
  const closest = judged.reduce<FloorPair | null>(
    (least, pair) => (least === null || pair.metres < least.metres ? pair : least),
    null,
  );
  const count = (nearness: Nearness) => floor.people.filter((each) => each.nearness === nearness).length;
  return { people: floor.people.length, near: count('near'), unsure: count('unsure'), closest };
}

/** "2 too near, 1 not sure"; that nobody is near is said only where it is sure of everybody. */
export function nearText({ people, near, unsure }: FloorCounts): string {
  const words = [near > 0 && `${near} too near`, unsure > 0 && `${unsure} not sure`].filter(Boolean);
  return words.join(', ') || (people > 0 ? 'nobody too near' : '');
}

/** "1.8 ± 0.2 m"; never finer than the ± allows. */
export function metresText(metres: number, plusMinus: number): string {
  const digits = plusMinus >= 1 ? 0 : 1;
  return `${metres.toFixed(digits)} ± ${Math.max(plusMinus, 10 ** -digits).toFixed(digits)} m`;
}

export function speedText({ speed_m_s: speed, speed_plus_minus: plusMinus }: FloorPerson): string {
  if (speed === null || plusMinus === null) return '';
  return `${speed.toFixed(1)} ± ${Math.max(plusMinus, 0.1).toFixed(1)} m/s`;
}
