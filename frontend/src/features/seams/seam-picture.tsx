/** The chosen tracks in their picture: the earlier part's box solid, the later one's dashed. */
import { ActionIcon, Group, Loader, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';

import { LabelChip } from '@/components/label-chip';
import { useKeys } from '@/hooks/use-keys';

import { frameUrl, type Piece, type Place, type Seam } from './api';
import css from './seams.module.css';
import { seamWords as words } from './strings';
import { useLabelOf } from './use-label-of';
import { framesWith, middleOf, type Chosen, type Side } from './view';

export type Size = { width: number; height: number };
type Box = readonly number[];
type Mark = { side: Side; box: Box };

/** Left free on each side, as a share of what is shown: what stands around an object tells what it is. */
const MARGIN = 0.6;
const SMALLEST_PX = 60;

type Props = { place: Place; seam: Seam; chosen: Chosen; size: Size };

export function SeamPicture({ place, seam, chosen: { earlier, later }, size }: Props) {
  const pieces = [earlier, later].filter((piece) => piece !== null);
  if (pieces.length === 0) {
    return (
      <div className={css.stage}>
        <p className={css.over}>{words.nothingChosen}</p>
      </div>
    );
  }
  const key = `${earlier?.region_id ?? ''}:${later?.region_id ?? ''}`;
  if (earlier && later && framesWith(seam, pieces).length > 0) {
    return <Together key={key} place={place} seam={seam} earlier={earlier} later={later} size={size} />;
  }
  return (
    <div className={css.two}>
      {(['earlier', 'later'] as const).map((side) => {
        const piece = side === 'earlier' ? earlier : later;
        return piece && <Alone key={side} place={place} seam={seam} side={side} piece={piece} size={size} />;
      })}
    </div>
  );
}

type TogetherProps = { place: Place; seam: Seam; earlier: Piece; later: Piece; size: Size };

/** Both on one shared frame, first the middle one that has both; through the others with the arrows. */
function Together({ place, seam, earlier, later, size }: TogetherProps) {
  const labelOf = useLabelOf(place.projectId);
  const [at, setAt] = useState(() => middleOf(seam, framesWith(seam, [earlier, later])) ?? 0);
  const isFirst = at === 0;
  const isLast = at === seam.frames.length - 1;
  useKeys({
    ArrowLeft: isFirst ? undefined : () => setAt(at - 1),
    ArrowRight: isLast ? undefined : () => setAt(at + 1),
  });
  const frame = seam.frames[at] ?? seam.frame_start;
  const marks = marksAt([
    ['earlier', earlier.boxes[at]],
    ['later', later.boxes[at]],
  ]);
  const around = [...earlier.boxes, ...later.boxes].filter((box) => box !== null);
  return (
    <div>
      <Framed
        url={frameUrl(place.assetId, frame)}
        says={words.picture(labelOf(earlier.label_id).name, frame)}
        marks={marks}
        around={around}
        size={size}
      />
      <Group gap="xs" mt={6} justify="space-between">
        <Group gap="sm">
          <LabelChip {...labelOf(earlier.label_id)} />
          <Legend seam={seam} sides={['earlier', 'later']} />
        </Group>
        <Group gap={4}>
          <ActionIcon
            variant="default"
            aria-label={words.former}
            disabled={isFirst}
            onClick={() => setAt(at - 1)}
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
          <Text size="sm">{words.frameIs(frame)}</Text>
          <ActionIcon
            variant="default"
            aria-label={words.next}
            disabled={isLast}
            onClick={() => setAt(at + 1)}
          >
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      </Group>
    </div>
  );
}

type AloneProps = { place: Place; seam: Seam; side: Side; piece: Piece; size: Size };

/** One track where it is there nearest to the seam. */
function Alone({ place, seam, side, piece, size }: AloneProps) {
  const labelOf = useLabelOf(place.projectId);
  const frame = piece.nearest_frame;
  return (
    <div className={css.one}>
      <Framed
        url={frameUrl(place.assetId, frame)}
        says={words.picture(labelOf(piece.label_id).name, frame)}
        marks={[{ side, box: piece.nearest_box }]}
        around={[piece.nearest_box]}
        size={size}
      />
      <Group gap="sm" mt={6}>
        <LabelChip {...labelOf(piece.label_id)} />
        <Legend seam={seam} sides={[side]} />
        <Text size="sm">{words.frameIs(frame)}</Text>
      </Group>
    </div>
  );
}

function Legend({ seam, sides }: { seam: Seam; sides: readonly Side[] }) {
  return sides.map((side) => (
    <Text key={side} size="sm" className={css.legend}>
      <span className={css.line} data-side={side} aria-hidden />
      {words.sideName(side === 'earlier' ? seam.number : seam.number + 1)}
    </Text>
  ));
}

const marksAt = (rows: readonly (readonly [Side, Box | null | undefined])[]): Mark[] =>
  rows.flatMap(([side, box]) => (box ? [{ side, box }] : []));

type FramedProps = { url: string; says: string; marks: readonly Mark[]; around: readonly Box[]; size: Size };

function Framed({ url, says, marks, around, size }: FramedProps) {
  const [loaded, setLoaded] = useState({ url: '', isBroken: false });
  return (
    <div className={css.stage}>
      <svg className={css.picture} viewBox={viewOf(around, size)} role="img" aria-label={says}>
        <image
          href={url}
          width={size.width}
          height={size.height}
          preserveAspectRatio="none"
          onLoad={() => setLoaded({ url, isBroken: false })}
          onError={() => setLoaded({ url, isBroken: true })}
        />
        {marks.map(({ side, box: [x1 = 0, y1 = 0, x2 = 0, y2 = 0] }) => (
          <g key={side}>
            <rect className={css.halo} x={x1} y={y1} width={x2 - x1} height={y2 - y1} />
            <rect className={css.box} data-side={side} x={x1} y={y1} width={x2 - x1} height={y2 - y1} />
          </g>
        ))}
      </svg>
      {loaded.url !== url && (
        <div className={css.over}>
          <Loader size="sm" />
        </div>
      )}
      {loaded.url === url && loaded.isBroken && <p className={css.over}>{words.noPicture}</p>}
    </div>
  );
}

/** The piece of the picture with all boxes and something around them; no further out of the picture than it must be. */
function viewOf(boxes: readonly Box[], size: Size): string {
  const edge = (at: number, pick: (...values: number[]) => number) =>
    pick(...boxes.map((box) => box[at] ?? 0));
  const along = (from: number, to: number, whole: number) => {
    const length = Math.max(to - from, SMALLEST_PX) * (1 + 2 * MARGIN);
    const start = (from + to - length) / 2;
    return { start: Math.max(0, Math.min(start, whole - length)), length };
  };
  const x = along(edge(0, Math.min), edge(2, Math.max), size.width);
  const y = along(edge(1, Math.min), edge(3, Math.max), size.height);
  return `${x.start} ${y.start} ${x.length} ${y.length}`;
}
