import { Checkbox, ColorSwatch, Group, Text, Tooltip } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { IconClock, IconCopy, IconEyeOff, IconPhotoOff, IconPlayerPlayFilled } from '@tabler/icons-react';
import { memo, type MouseEvent } from 'react';

import type { AssetRow } from '@/features/data/api';
import css from '@/features/data/data.module.css';
import { ObjectsOverlay } from '@/features/data/objects-overlay';
import { STATE_COLORS, STATE_WORDS } from '@/features/data/strings';
import { plural, score } from '@/lib/numbers';
import { duration } from '@/lib/time';
import type { Label } from '@/types/api';

type Props = {
  row: AssetRow;
  projectId: string;
  labels: readonly Label[];
  isChosen: boolean;
  isOpen: boolean;
  /** The one the keyboard stands on: the only tab stop of the grid. */
  isHere: boolean;
  showObjects: boolean;
  onPress: (row: AssetRow, event: MouseEvent) => void;
  onToggle: (row: AssetRow, event: { shiftKey: boolean }) => void;
};

export const AssetTile = memo(function AssetTile(props: Props) {
  const { row, projectId, labels, isChosen, isOpen, isHere, showObjects, onPress, onToggle } = props;
  const { ref, inViewport } = useInViewport();
  return (
    <div
      ref={ref}
      className={css.tile}
      role="gridcell"
      aria-selected={isChosen}
      data-asset={row.id}
      data-chosen={isChosen || undefined}
      data-open={isOpen || undefined}
      data-excluded={row.excluded_at ? true : undefined}
      tabIndex={isHere ? 0 : -1}
      onClick={(event) => onPress(row, event)}
    >
      <div className={css.picture}>
        {row.thumbnail_url ? (
          <img src={row.thumbnail_url} alt="" loading="lazy" decoding="async" draggable={false} />
        ) : (
          <NoPicture row={row} />
        )}
        {showObjects && inViewport && row.task && (
          <ObjectsOverlay
            projectId={projectId}
            taskId={row.task.id}
            width={row.width}
            height={row.height}
            labels={labels}
          />
        )}
        <Checkbox
          className={css.check}
          size="sm"
          tabIndex={-1}
          checked={isChosen}
          aria-label={`Choose ${row.name}`}
          onChange={() => undefined}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row, event);
          }}
        />
        <Corner row={row} />
      </div>
      <Caption row={row} labels={labels} />
    </div>
  );
});

function NoPicture({ row }: { row: AssetRow }) {
  const isRefused = row.state === 'refused';
  const Icon = isRefused ? IconPhotoOff : IconClock;
  return (
    <div className={css.noPicture}>
      <Icon size={22} stroke={1.4} aria-hidden />
      <Text size="xs" ta="center" lineClamp={3}>
        {isRefused ? row.refused_reason : 'Coming in'}
      </Text>
    </div>
  );
}

function Corner({ row }: { row: AssetRow }) {
  return (
    <Group gap={4} className={css.corner}>
      {row.kind === 'video' && (
        <span className={css.mark}>
          <IconPlayerPlayFilled size={10} aria-hidden /> {duration(row.duration_s ?? 0)}
          {row.task && row.task.parts.length > 0 && `, ${plural(row.task.parts.length, 'part')}`}
        </span>
      )}
      {row.near_copies > 0 && (
        <Tooltip label={`${plural(row.near_copies, 'near copy', 'near copies')} in this project`}>
          <span className={css.mark}>
            <IconCopy size={11} aria-hidden /> {row.near_copies}
          </span>
        </Tooltip>
      )}
      {row.excluded_at && (
        <Tooltip label={`Set aside: ${row.excluded_reason}`}>
          <span className={css.mark}>
            <IconEyeOff size={11} aria-hidden /> set aside
          </span>
        </Tooltip>
      )}
    </Group>
  );
}

function Caption({ row, labels }: { row: AssetRow; labels: readonly Label[] }) {
  const task = row.task;
  const shown = labels.filter(({ id }) => task?.label_ids.includes(id));
  return (
    <div className={css.caption}>
      <Text size="xs" truncate title={row.name}>
        {row.name}
      </Text>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <Group gap={5} wrap="nowrap" miw={0}>
          <span
            className={css.stateDot}
            style={{ background: `var(--mantine-color-${task ? STATE_COLORS[task.state] : 'gray'}-6)` }}
            aria-hidden
          />
          <Text size="xs" c="dimmed" truncate>
            {task ? STATE_WORDS[task.state] : row.state === 'ready' ? 'Not prepared' : ''}
          </Text>
        </Group>
        <Group gap={3} wrap="nowrap" flex="none">
          {shown.slice(0, 4).map(({ id, name, color }) => (
            <Tooltip key={id} label={name}>
              <ColorSwatch color={color} size={8} withShadow={false} />
            </Tooltip>
          ))}
          <Text size="xs" c="dimmed">
            {task && task.region_count > 0
              ? task.region_count
              : task?.max_suggestion_score != null
                ? score(task.max_suggestion_score)
                : ''}
          </Text>
        </Group>
      </Group>
    </div>
  );
}
