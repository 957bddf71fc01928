import { Alert, Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle, IconArrowBackUp, IconCamera } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useReducer, useState } from 'react';

import {
  calibrationLooked,
  calibrationSave,
  solveQuery,
  stillTake,
  type Calibration,
  type Feed,
  type Still,
} from '@/features/calibration/api';
import { Board } from '@/features/calibration/board';
import css from '@/features/calibration/calibration.module.css';
import { bodyOf, draftOf, EMPTY, fresh, taken, type Spot } from '@/features/calibration/draft';
import { Placed } from '@/features/calibration/placed';
import { Said } from '@/features/calibration/said';
import { words } from '@/features/calibration/strings';
import { EmptyState } from '@/components/states';
import { useAction } from '@/hooks/use-action';
import { newIdempotencyKey } from '@/lib/api-client';
import { toApiError } from '@/lib/api-error';
import { TimeAgo } from '@/components/time';

export type Mode = 'place' | 'check' | 'line';
type Props = {
  cameraId: string;
  feeds: Feed[];
  firstFeedId: string | undefined;
  shown: Calibration | undefined;
  current: Calibration | undefined;
  newest: number;
  isManager: boolean;
};

/** Solving is asked for when the hand rests, not for every pixel of a drag. */
const REST_MS = 250;

export function Editor({ cameraId, feeds, firstFeedId, shown, current, newest, isManager }: Props) {
  const [history, step] = useReducer(taken, shown, (version) =>
    fresh(version ? draftOf(version.given) : EMPTY),
  );
  const [still, setStill] = useState<Still | undefined>(shown?.still);
  const [feedId, setFeedId] = useState(
    firstFeedId ?? feeds.find(({ state }) => state === 'online')?.id ?? feeds[0]?.id,
  );
  const [mode, setMode] = useState<Mode>('place');
  const [open, setOpen] = useState<Spot[]>([]);
  const [active, setActive] = useState<number | null>(null);
  const draft = history.now;
  const [rested] = useDebouncedValue(draft, REST_MS);
  const solved = useQuery(solveQuery(cameraId, rested, still?.id));
  const problem = solved.error ? toApiError(solved.error) : null;
  const floor = problem ? undefined : solved.data;
  const makesOld = [['calibrations', cameraId]];
  const take = useAction({ run: () => stillTake(feedId ?? ''), onDone: setStill });
  const [key, setKey] = useState(newIdempotencyKey);
  const save = useAction({
    run: () => calibrationSave(cameraId, bodyOf(draft, still?.id ?? ''), newest, key),
    makesOld,
    done: (version) => `Version ${version.number} holds from now on`,
    errors: 'inline',
    onDone: () => setKey(newIdempotencyKey()),
  });
  const looked = useAction({
    run: (id: string) => calibrationLooked(id, still?.id ?? ''),
    makesOld,
    done: 'Metres are shown again',
  });
  const isNewStill = still !== undefined && still.id !== current?.still.id;
  const choose = (to: Mode) => {
    setMode(to);
    setOpen([]);
  };
  const onSpot = (at: Spot) => {
    if (mode === 'place') step({ kind: 'add', at });
    else setOpen(mode === 'check' ? [...open, at].slice(-2) : [...open, at]);
  };
  const takeButton = isManager && (
    <Button
      size="xs"
      variant={still ? 'default' : 'filled'}
      leftSection={<IconCamera size={15} />}
      loading={take.isPending}
      disabled={!feedId}
      onClick={() => take.mutate()}
    >
      {still ? words.takeNew : words.take}
    </Button>
  );
  return (
    <Stack gap="sm">
      {current && (current.doubted_at || !current.is_watched) && (
        <Alert
          color="yellow"
          icon={<IconAlertTriangle />}
          title={current.doubted_at ? words.moved : words.unwatched}
          role="alert"
        >
          <Text size="sm" component="div">
            {current.doubted_at ? words.movedWhy : words.unwatchedWhy}{' '}
            {current.doubt_shift_px !== null &&
              `It was off by ${Math.round(current.doubt_shift_px)} pixels, `}
            {current.doubted_at && <TimeAgo at={current.doubted_at} size="sm" />}
          </Text>
          {isManager && (
            <Button
              mt="xs"
              size="compact-sm"
              className={css.looked}
              classNames={{ label: css.lookedWords }}
              disabled={!isNewStill}
              loading={looked.isPending}
              onClick={() => looked.mutate(current.id)}
            >
              {current.doubted_at ? words.liesRight : words.liesRightStill}
            </Button>
          )}
        </Alert>
      )}
      <Group gap="sm" wrap="wrap">
        {feeds.length > 1 && (
          <Select
            aria-label={words.feed}
            size="xs"
            w={200}
            data={feeds.map(({ id, name }) => ({ value: id, label: name }))}
            value={feedId}
            allowDeselect={false}
            onChange={(id) => id && setFeedId(id)}
          />
        )}
        {takeButton}
        {still && (
          <>
            <SegmentedControl
              size="xs"
              aria-label="What a click does"
              value={mode}
              onChange={(to) => choose(to as Mode)}
              data={[
                { value: 'place', label: words.place },
                { value: 'check', label: words.check },
                { value: 'line', label: words.line },
              ]}
            />
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconArrowBackUp size={15} />}
              disabled={history.before.length === 0}
              onClick={() => step('undo')}
            >
              {words.undo}
            </Button>
          </>
        )}
      </Group>
      {still ? (
        <div className={css.split}>
          <div className={css.pictureSide}>
            <Board
              still={still}
              draft={draft}
              floor={floor}
              mode={mode}
              open={open}
              active={active}
              onActive={setActive}
              onSpot={onSpot}
              onMove={(id, to) => step({ kind: 'move', id, to })}
              onRemove={(id) => step({ kind: 'remove', id })}
              onUndo={() => step('undo')}
            />
            <Said draft={draft} floor={floor} problem={problem} />
          </div>
          <Stack gap="sm" className={css.panel}>
            <Placed
              draft={draft}
              floor={floor}
              mode={mode}
              open={open}
              active={active}
              onActive={setActive}
              step={step}
              onDone={() => setOpen([])}
            />
            {save.error && (
              <Alert color="red" variant="light" role="alert">
                {save.error.message}
              </Alert>
            )}
            {isManager ? (
              <Button
                disabled={!floor || solved.isFetching}
                loading={save.isPending}
                onClick={() => save.mutate()}
              >
                {words.save}
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {words.readOnly}
              </Text>
            )}
          </Stack>
        </div>
      ) : (
        <EmptyState icon={IconCamera} title={words.noVersions} action={takeButton}>
          {words.takeWhy}
        </EmptyState>
      )}
    </Stack>
  );
}
