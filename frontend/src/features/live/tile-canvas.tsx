import { useEffect, useRef } from 'react';

import { ALL_SHOWN, speedText, type FloorShown } from '@/features/live/floor';
import { drawFloor, plate, type Aim } from '@/features/live/floor-overlay';
import type { LiveFrame, WallStream } from '@/features/live/frames';
import css from '@/features/live/live.module.css';

type Looks = Pick<Props, 'colorOf' | 'shown' | 'isMirrored'>;

const FALLBACK = '#ffffff';
const FONT = '600 12px system-ui, sans-serif';
const LINE = 2;
/** The tile's own title lies over the picture; no tag goes under them (tile.tsx, live.module.css). */
const HEAD = 36;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

type Props = {
  wall: WallStream;
  feedId: string;
  name: string;
  colorOf: (label: string) => string | undefined;
  shown?: FloorShown;
  /** As in a mirror: left is left for who stands before it. */
  isMirrored?: boolean;
  onFrame?: (frame: LiveFrame) => void;
};

/** Draws the newest frame with its objects. A frame that comes while one is decoded waits; older waiting ones go. */
export function TileCanvas({ wall, feedId, name, ...how }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const looks = useRef(how);
  useEffect(() => {
    looks.current = how;
  });
  useEffect(() => {
    let waiting: LiveFrame | null = null;
    let isBusy = false;
    let isGone = false;
    const pump = async () => {
      if (isBusy) return;
      isBusy = true;
      while (waiting && !isGone) {
        const frame: LiveFrame = waiting;
        waiting = null;
        const picture = await createImageBitmap(
          new Blob([bytesOf(frame.jpeg)], { type: 'image/jpeg' }),
        ).catch(() => null);
        if (picture && canvas.current && !isGone) draw(canvas.current, picture, frame, looks.current);
        picture?.close();
      }
      isBusy = false;
    };
    const stop = wall.watch(feedId, (frame) => {
      waiting = frame;
      looks.current.onFrame?.(frame);
      void pump();
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [wall, feedId]);
  return <canvas ref={canvas} className={css.canvas} role="img" aria-label={`Live picture of ${name}`} />;
}

function draw(
  canvas: HTMLCanvasElement,
  picture: ImageBitmap,
  frame: LiveFrame,
  { colorOf, shown = ALL_SHOWN, isMirrored = false }: Looks,
): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width === 0 || height === 0) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) return;
  const scale = Math.min(width / frame.width, height / frame.height);
  const left = (width - frame.width * scale) / 2;
  const top = (height - frame.height * scale) / 2;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  if (isMirrored) context.setTransform(-1, 0, 0, 1, width, 0);
  context.drawImage(picture, left, top, frame.width * scale, frame.height * scale);
  context.font = FONT.replace('12px', `${Math.round(12 * ratio)}px`);
  context.textBaseline = 'top';
  const aim: Aim = { left, top, scale, ratio, isMirrored };
  context.save();
  context.beginPath();
  context.rect(left, top, frame.width * scale, frame.height * scale);
  context.clip();
  drawFloor(context, frame.floor, shown, aim);
  context.restore();
  for (const object of frame.objects) {
    const [x1, y1, x2, y2] = object.box;
    const color = colorOf(object.label) ?? FALLBACK;
    const x = left + x1 * scale;
    const y = top + y1 * scale;
    context.lineWidth = (LINE + 2) * ratio;
    context.strokeStyle = 'rgb(0 0 0 / 45%)';
    context.strokeRect(x, y, (x2 - x1) * scale, (y2 - y1) * scale);
    context.lineWidth = LINE * ratio;
    context.strokeStyle = color;
    context.strokeRect(x, y, (x2 - x1) * scale, (y2 - y1) * scale);
    const person = shown.speeds && frame.floor.people.find((each) => each.track_id === object.track_id);
    const speed = person ? speedText(person) : '';
    if (isMirrored) {
      if (speed) plate(context, speed, x + ((x2 - x1) * scale) / 2, y - 12 * ratio, '#fff', aim);
      continue;
    }
    const free = Math.max(top, HEAD * ratio);
    const words = [`${object.label} ${object.track_id}`, speed].filter(Boolean).join(' · ');
    tag(context, words, x, y, free, color, ratio);
  }
}

/** Above the box, or inside it where it would leave the picture or lie under the tile's title; never past its sides. */
function tag(
  context: CanvasRenderingContext2D,
  text: string,
  boxLeft: number,
  y: number,
  free: number,
  color: string,
  ratio: number,
): void {
  const high = 17 * ratio;
  const wide = context.measureText(text).width + 8 * ratio;
  const x = Math.max(ratio, Math.min(boxLeft, context.canvas.width - wide - 4 * ratio));
  const at = y - high < free ? Math.max(y, free) : y - high;
  context.fillStyle = 'rgb(10 14 16 / 78%)';
  context.fillRect(x - ratio, at, wide + 5 * ratio, high);
  context.fillStyle = color;
  context.fillRect(x - ratio, at, 3 * ratio, high);
  context.fillStyle = '#fff';
  context.fillText(text, x + 6 * ratio, at + 3 * ratio);
}
