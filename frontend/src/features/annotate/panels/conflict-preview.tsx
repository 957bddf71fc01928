import { useEffect, useRef } from 'react';

import type { WireRegion } from '@/canvas/document/wire';

const WIDTH = 96;
const HEIGHT = 72;
const MARGIN = 0.25;

function ringsOf(row: WireRegion | null): number[][][] {
  if (!row) return [];
  const { box, points, keyframes } = row.geometry;
  const corners = box ?? keyframes?.[0]?.box;
  if (points) return [points];
  if (!corners) return [];
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
  return [
    [
      [x1, y1],
      [x2, y1],
      [x2, y2],
      [x1, y2],
    ],
  ];
}

type Props = { mine: WireRegion | null; theirs: WireRegion | null; picture: CanvasImageSource | null };

/** Both outlines over the picture: theirs dashed, mine solid. */
export function Preview({ mine, theirs, picture }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    const points = [...ringsOf(mine), ...ringsOf(theirs)].flat();
    if (!pen || points.length === 0) return;
    const xs = points.map(([x = 0]) => x);
    const ys = points.map(([, y = 0]) => y);
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const [width, height] = [Math.max(...xs) - left || 1, Math.max(...ys) - top || 1];
    const scale = Math.min(WIDTH / (width * (1 + 2 * MARGIN)), HEIGHT / (height * (1 + 2 * MARGIN)));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.setTransform(
      scale,
      0,
      0,
      scale,
      WIDTH / 2 - (left + width / 2) * scale,
      HEIGHT / 2 - (top + height / 2) * scale,
    );
    if (picture) pen.drawImage(picture, 0, 0);
    const outline = (row: WireRegion | null, color: string, dash: number[]) => {
      pen.strokeStyle = color;
      pen.lineWidth = 2 / scale;
      pen.setLineDash(dash.map((each) => each / scale));
      for (const ring of ringsOf(row)) {
        pen.beginPath();
        ring.forEach(([x = 0, y = 0], index) => (index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
        pen.closePath();
        pen.stroke();
      }
    };
    outline(theirs, '#ffffff', [4, 3]);
    outline(mine, '#3fbfb2', []);
  }, [mine, theirs, picture]);
  return <canvas ref={canvas} width={WIDTH} height={HEIGHT} style={{ display: 'block', borderRadius: 4 }} />;
}
