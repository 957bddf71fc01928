/** The map's points on a canvas; above it the loop that is being drawn and the point under the pointer. */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState, type PointerEvent } from 'react';

import type { MapColumns } from '@/features/learning/api';
import css from '@/features/learning/map.module.css';
import { nearest, NOTHING_COLOR, within, type Kind, type Spot } from '@/features/learning/map-figures';
import { onMap, onScreen, useMapView, WHOLE, type MapView } from '@/features/learning/use-map-view';
import { mapWords as words } from '@/features/learning/strings';

const REACH_PX = 8;
/** Shorter loops are clicks. */
const LOOP_MIN_PX = 6;
const FADED = 0.12;

type Props = {
  columns: MapColumns;
  kinds: readonly Kind[];
  selected: ReadonlySet<number>;
  onSelect: (indices: number[]) => void;
};

export function MapCanvas({ columns, kinds, selected, onSelect }: Props) {
  const { ref, width: side } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const plane = useRef<HTMLDivElement>(null);
  const { view, zoom, reset } = useMapView();
  const [loop, setLoop] = useState<Spot[]>([]);
  const [under, setUnder] = useState<number | null>(null);

  useEffect(() => {
    if (canvas.current && side > 0) draw(canvas.current, side, columns, kinds, selected, view);
  }, [side, columns, kinds, selected, view]);

  // Not by React: its wheel listeners cannot keep the page from scrolling.
  useEffect(() => {
    const element = plane.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      zoom(box.width, { x: event.clientX - box.left, y: event.clientY - box.top }, event.deltaY < 0);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [zoom]);

  const spotOf = (event: PointerEvent): Spot => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setLoop([spotOf(event)]);
  };
  const move = (event: PointerEvent) => {
    const spot = spotOf(event);
    if (loop.length > 0) {
      setLoop([...loop, spot]);
      return;
    }
    setUnder(nearest(columns, onMap(view, side, spot), REACH_PX / side / view.zoom));
  };
  const up = () => {
    if (loop.length === 0) return;
    const isClick = !loop.some(({ x, y }) => away(loop[0], x, y) > LOOP_MIN_PX);
    if (isClick) onSelect(under === null ? [] : [under]);
    else
      onSelect(
        within(
          columns,
          loop.map((spot) => onMap(view, side, spot)),
        ),
      );
    setLoop([]);
  };
  const ring = under === null ? null : onScreen(view, side, columns.x[under] ?? 0, columns.y[under] ?? 0);
  return (
    <div ref={ref} className={css.square}>
      <div
        ref={plane}
        className={css.plane}
        role="application"
        aria-label={words.canvas}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => setLoop([])}
        onPointerLeave={() => setUnder(null)}
      >
        <canvas ref={canvas} />
        <svg aria-hidden>
          {loop.length > 1 && (
            <polygon points={loop.map(({ x, y }) => `${x},${y}`).join(' ')} className={css.loop} />
          )}
          {ring && <circle cx={ring.x} cy={ring.y} r={7} className={css.ring} />}
        </svg>
        {ring && under !== null && loop.length === 0 && (
          <figure className={css.peek} style={{ left: ring.x, top: ring.y }} data-flip={ring.x > side / 2}>
            <img src={`/api/v1/assets/${columns.assets[under]}/thumbnail`} alt="" />
          </figure>
        )}
      </div>
      {view !== WHOLE && (
        <button type="button" className={css.whole} onClick={reset}>
          {words.whole}
        </button>
      )}
    </div>
  );
}

const away = (from: Spot | undefined, x: number, y: number): number =>
  from ? Math.hypot(from.x - x, from.y - y) : 0;

function draw(
  canvas: HTMLCanvasElement,
  side: number,
  columns: MapColumns,
  kinds: readonly Kind[],
  selected: ReadonlySet<number>,
  view: MapView,
): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(side * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const size = pointSize(columns.assets.length, view.zoom);
  // What has no value lies under what has.
  const order = [...kinds].sort(
    (a, b) => Number(b.color === NOTHING_COLOR) - Number(a.color === NOTHING_COLOR),
  );
  for (const isSelected of [false, true]) {
    for (const { color, members } of order) {
      context.fillStyle = color;
      context.globalAlpha = selected.size > 0 && !isSelected ? FADED : 0.85;
      context.beginPath();
      for (const i of members) {
        if (selected.has(i) !== isSelected) continue;
        const { x, y } = onScreen(view, side, columns.x[i] ?? 0, columns.y[i] ?? 0);
        context.moveTo(x + size, y);
        context.arc(x, y, size, 0, 2 * Math.PI);
      }
      context.fill();
    }
  }
}

/** Radius in CSS pixels: smaller where many lie close, larger the closer one looks. */
const pointSize = (count: number, zoom: number): number =>
  Math.min(7, (count > 5_000 ? 1.8 : count > 800 ? 2.6 : 4) * Math.sqrt(zoom));
