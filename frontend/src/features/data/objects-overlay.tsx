import { useQuery } from '@tanstack/react-query';

import { taskQuery } from '@/features/data/api';
import css from '@/features/data/data.module.css';
import type { Label } from '@/types/api';

type Props = {
  projectId: string;
  taskId: string;
  width: number;
  height: number;
  labels: readonly Label[];
};
type Geometry = { box?: number[]; points?: number[][] };

/** Outlines over a picture that is shown whole (`object-fit: contain`): firm for objects, dashed for suggestions. */
export function ObjectsOverlay({ projectId, taskId, width, height, labels }: Props) {
  const { data } = useQuery(taskQuery(projectId, taskId));
  if (!data || width === 0) return null;
  const colorOf = (id: string) => labels.find((label) => label.id === id)?.color ?? 'white';
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
          geometry={region.geometry as Geometry}
          color={colorOf(region.label_id)}
        />
      ))}
      {open.map((each) => (
        <Outline key={each.id} geometry={each.geometry as Geometry} color={colorOf(each.label_id)} isDashed />
      ))}
    </svg>
  );
}

function Outline({
  geometry,
  color,
  isDashed = false,
}: {
  geometry: Geometry;
  color: string;
  isDashed?: boolean;
}) {
  const points = geometry.points ?? corners(geometry.box);
  if (points.length === 0) return null;
  const shape = points.map((point) => point.join(',')).join(' ');
  return (
    <>
      <polygon points={shape} className={css.outlineBack} />
      <polygon
        points={shape}
        className={css.outline}
        stroke={color}
        strokeDasharray={isDashed ? '5 4' : undefined}
      />
    </>
  );
}

function corners(box: number[] | undefined): number[][] {
  if (!box) return [];
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  return [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
}
