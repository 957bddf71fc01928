import { useQuery } from '@tanstack/react-query';

import { taskQuery } from '@/features/data/api';
import { pathData } from '@/canvas/geometry/path-data';
import { shapeFromWire } from '@/canvas/geometry/shape';
import type { WireGeometry } from '@/canvas/geometry/shapes/kind';
import css from '@/features/data/data.module.css';
import type { Label } from '@/types/api';

type Props = {
  projectId: string;
  taskId: string;
  width: number;
  height: number;
  labels: readonly Label[];
};
/** Points are discs of this share of the picture's longer side. */
const DOT_SHARE = 0.004;

/** Outlines over a picture that is shown whole (`object-fit: contain`): firm for objects, dashed for suggestions. */
export function ObjectsOverlay({ projectId, taskId, width, height, labels }: Props) {
  const { data } = useQuery(taskQuery(projectId, taskId));
  if (!data || width === 0) return null;
  const labelOf = (id: string) => labels.find((label) => label.id === id);
  const dotRadius = Math.max(width, height) * DOT_SHARE;
  const open =
    data.labels.regions.length === 0 ? data.suggestions.filter(({ state }) => state === 'open') : [];
  return (
    <svg
      className={css.overlay}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden
    >
      {data.labels.regions.map((region) => (
        <Outline
          key={region.region_id}
          drawn={region}
          label={labelOf(region.label_id)}
          dotRadius={dotRadius}
        />
      ))}
      {open.map((each) => (
        <Outline key={each.id} drawn={each} label={labelOf(each.label_id)} dotRadius={dotRadius} isDashed />
      ))}
    </svg>
  );
}

type OutlineProps = {
  drawn: { shape: string; geometry: WireGeometry };
  label: Label | undefined;
  dotRadius: number;
  isDashed?: boolean;
};

function Outline({ drawn, label, dotRadius, isDashed = false }: OutlineProps) {
  const shape = shapeFromWire(drawn.shape, drawn.geometry);
  if (!shape) return null;
  const path = pathData(shape, dotRadius, label?.skeleton ?? null);
  return (
    <>
      <path d={path} className={css.outlineBack} />
      <path
        d={path}
        className={css.outline}
        stroke={label?.color ?? 'white'}
        strokeDasharray={isDashed ? '5 4' : undefined}
      />
    </>
  );
}
