import { Loader } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

import { aimAt } from '@/lib/aim';
import { toApiError } from '@/lib/api-error';
import type { PictureCache } from '@/lib/pictures';

import type { Finding } from './api';
import css from './label-errors.module.css';

/** Left free on each side, as a share of what is shown: what stands around an object tells what it is. */
const MARGIN = 0.6;
const SMALLEST_PX = 60;
const DASH_PX = [8, 6];
const HALO = 'rgb(0 0 0 / 60%)';

type Named = { name: string; color: string };
type Props = { finding: Finding; label: Named; proposed: Named; pictures: PictureCache; says: string };

/** The place in its picture: the label's box solid, what is proposed dashed, both by name. */
export function FindingCrop({ finding, label, proposed, pictures, says }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref, width, height } = useElementSize();
  const [shown, setShown] = useState({ url: '', problem: '' });
  const { image_url } = finding.asset;

  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (!pen || width === 0 || height === 0) return;
    let isGone = false;
    const dots = window.devicePixelRatio || 1;
    pen.canvas.width = Math.round(width * dots);
    pen.canvas.height = Math.round(height * dots);
    pictures
      .get(image_url)
      .then((bitmap) => {
        if (isGone) return;
        setShown({ url: image_url, problem: '' });
        paint(pen, bitmap, dots, finding, label, proposed);
      })
      .catch((error: unknown) => {
        if (!isGone) setShown({ url: image_url, problem: toApiError(error).message });
      });
    return () => {
      isGone = true;
    };
  }, [pictures, image_url, finding, label, proposed, width, height]);

  return (
    <div ref={ref} className={css.stage}>
      <canvas ref={canvas} className={css.canvas} role="img" aria-label={says} />
      {shown.url !== image_url && (
        <div className={css.over}>
          <Loader size="sm" />
        </div>
      )}
      {shown.url === image_url && shown.problem !== '' && <p className={css.over}>{shown.problem}</p>}
    </div>
  );
}

function paint(
  pen: CanvasRenderingContext2D,
  bitmap: ImageBitmap,
  dots: number,
  finding: Finding,
  label: Named,
  proposed: Named,
): void {
  const { asset, box, proposed_box: dashed } = finding;
  const scale = aimAt(pen, around(box, dashed), { margin: MARGIN, leastPx: SMALLEST_PX });
  // Of a large picture the bitmap is a smaller copy; boxes are in the picture's own pixels.
  pen.drawImage(bitmap, 0, 0, asset.width, asset.height);
  const unit = dots / scale;
  const isThere = finding.region_id !== null;
  if (isThere) outline(pen, box, label.color, [], unit);
  outline(
    pen,
    dashed,
    proposed.color,
    DASH_PX.map((px) => px * unit),
    unit,
  );
  if (isThere) tag(pen, label.name, label.color, box[0] ?? 0, box[1] ?? 0, 'above', unit);
  tag(pen, `${proposed.name}?`, proposed.color, dashed[0] ?? 0, dashed[3] ?? 0, 'below', unit);
}

function around(one: readonly number[], other: readonly number[]) {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = one;
  const [u1 = x1, v1 = y1, u2 = x2, v2 = y2] = other;
  return { x1: Math.min(x1, u1), y1: Math.min(y1, v1), x2: Math.max(x2, u2), y2: Math.max(y2, v2) };
}

function outline(
  pen: CanvasRenderingContext2D,
  [x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[],
  color: string,
  dash: number[],
  unit: number,
): void {
  pen.setLineDash(dash);
  for (const [style, width] of [
    [HALO, 5],
    [color, 2.5],
  ] as const) {
    pen.strokeStyle = style;
    pen.lineWidth = width * unit;
    pen.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  pen.setLineDash([]);
}

function tag(
  pen: CanvasRenderingContext2D,
  text: string,
  color: string,
  x: number,
  y: number,
  side: 'above' | 'below',
  unit: number,
): void {
  const height = 22 * unit;
  const top = side === 'above' ? y - height - 3 * unit : y + 3 * unit;
  pen.font = `600 ${13 * unit}px system-ui, sans-serif`;
  pen.textBaseline = 'middle';
  const width = pen.measureText(text).width + 26 * unit;
  pen.fillStyle = 'rgb(0 0 0 / 78%)';
  pen.fillRect(x, top, width, height);
  pen.fillStyle = color;
  pen.fillRect(x + 7 * unit, top + 7 * unit, 8 * unit, 8 * unit);
  pen.fillStyle = '#fff';
  pen.fillText(text, x + 20 * unit, top + height / 2);
}
