/** Draws the floor of one frame into a canvas, below the boxes: circles on the ground, distances between people. */
import { metresText, type Floor, type FloorShown, type Nearness } from '@/features/live/floor';

/** Told apart by form as well as by colour: near is thick, unsure is dashed. */
const LOOKS: Record<Nearness, { line: string; fill: string; width: number; dash: number[] }> = {
  near: { line: '#ff5d5d', fill: 'rgb(255 60 60 / 30%)', width: 3.5, dash: [] },
  far: { line: '#3ddc97', fill: 'rgb(61 220 151 / 14%)', width: 2, dash: [] },
  unsure: { line: '#c4ccd4', fill: 'rgb(196 204 212 / 8%)', width: 2, dash: [6, 5] },
};
const PLATE = 'rgb(10 14 16 / 78%)';

export type Aim = { left: number; top: number; scale: number; ratio: number; isMirrored?: boolean };

export function drawFloor(pen: CanvasRenderingContext2D, floor: Floor, shown: FloorShown, aim: Aim): void {
  if (floor.view !== 'measured') return;
  const feet = new Map<number, [number, number]>();
  for (const person of floor.people) {
    if (!person.circle || person.circle.length < 6) continue;
    const ring = pairsOf(person.circle).map(([x, y]) => onCanvas(x, y, aim));
    feet.set(person.track_id, middle(ring));
    if (shown.circles) strokeRing(pen, ring, LOOKS[person.nearness], aim.ratio);
  }
  if (!shown.distances) return;
  for (const pair of floor.pairs) {
    const from = feet.get(pair.first);
    const to = feet.get(pair.second);
    if (!from || !to) continue;
    const look = LOOKS[pair.is_near ? 'near' : pair.is_judged ? 'far' : 'unsure'];
    strokeLine(pen, from, to, look, aim.ratio);
    // A distance that is not judged is no number to act on.
    const text = pair.is_judged ? metresText(pair.metres, pair.plus_minus_m) : '?';
    plate(pen, text, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, look.line, aim);
  }
}

export function onCanvas(x: number, y: number, { left, top, scale }: Aim): [number, number] {
  return [left + x * scale, top + y * scale];
}

const pairsOf = (flat: number[]): [number, number][] =>
  Array.from({ length: flat.length >> 1 }, (_, at) => [flat[2 * at] ?? 0, flat[2 * at + 1] ?? 0]);

const middle = (ring: [number, number][]): [number, number] => [
  ring.reduce((sum, [x]) => sum + x, 0) / ring.length,
  ring.reduce((sum, [, y]) => sum + y, 0) / ring.length,
];

type Look = (typeof LOOKS)[Nearness];

function strokeRing(
  pen: CanvasRenderingContext2D,
  ring: [number, number][],
  look: Look,
  ratio: number,
): void {
  pen.beginPath();
  ring.forEach(([x, y], at) => (at === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
  pen.fillStyle = look.fill;
  pen.fill();
  stroke(pen, look, ratio);
}

function strokeLine(
  pen: CanvasRenderingContext2D,
  from: [number, number],
  to: [number, number],
  look: Look,
  ratio: number,
): void {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  stroke(pen, look, ratio);
}

function stroke(pen: CanvasRenderingContext2D, look: Look, ratio: number): void {
  pen.setLineDash(look.dash.map((length) => length * ratio));
  pen.lineWidth = (look.width + 2) * ratio;
  pen.strokeStyle = 'rgb(0 0 0 / 40%)';
  pen.stroke();
  pen.lineWidth = look.width * ratio;
  pen.strokeStyle = look.line;
  pen.stroke();
  pen.setLineDash([]);
}

/** Words on a dark plate, readable also in a mirrored picture. */
export function plate(
  pen: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
  { ratio, isMirrored = false }: Aim,
): void {
  const wide = pen.measureText(text).width + 10 * ratio;
  const high = 18 * ratio;
  pen.save();
  pen.translate(x, y);
  if (isMirrored) pen.scale(-1, 1);
  pen.fillStyle = PLATE;
  pen.fillRect(-wide / 2, -high / 2, wide, high);
  pen.fillStyle = color;
  pen.textBaseline = 'middle';
  pen.fillText(text, -wide / 2 + 5 * ratio, ratio);
  pen.textBaseline = 'top';
  pen.restore();
}
