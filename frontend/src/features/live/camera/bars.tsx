import { Tooltip } from '@mantine/core';

import { amount, axisTop, clock, type Bar } from '@/features/live/camera/counts';
import css from '@/features/live/camera/camera.module.css';
import { cameraWords as words } from '@/features/live/camera/strings';
import { percent } from '@/lib/numbers';

const WHOLE = 0.98;
/** On a narrow screen every sixth hour is named, else every second. */
const NAMED_EVERY = 2;

type Props = {
  bars: Bar[];
  /** The same hours a week before; drawn as a line across each bar. */
  before: (number | null)[] | null;
  timeZone: string;
  chosen: string | null;
  onChoose: (at: string | null) => void;
};

/** Bars by the hour. Hatched where the hour was watched in part, empty where it was not; press one for what is in it. */
export function Bars({ bars, before, timeZone, chosen, onChoose }: Props) {
  const top = axisTop([...bars.map(({ value }) => value), ...(before ?? [])]);
  return (
    <div className={css.chart}>
      <div className={css.axis} aria-hidden>
        {[top, top / 2, 0].map((value) => (
          <span key={value}>{amount(value)}</span>
        ))}
      </div>
      <div className={css.bars} role="group" aria-label={words.chart}>
        {bars.map((bar, at) => (
          <Column
            key={bar.at}
            bar={bar}
            before={before?.[at] ?? null}
            top={top}
            name={at % NAMED_EVERY === 0 ? clock(bar.at, timeZone).slice(0, 2) : ''}
            timeZone={timeZone}
            isChosen={bar.at === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  );
}

type ColumnProps = {
  bar: Bar;
  before: number | null;
  top: number;
  name: string;
  timeZone: string;
  isChosen: boolean;
  onChoose: (at: string | null) => void;
};

function Column({ bar, before, top, name, timeZone, isChosen, onChoose }: ColumnProps) {
  const text = wordsOf(bar, before, timeZone);
  const isPart = bar.watched !== null && bar.watched > 0 && bar.watched < WHOLE;
  return (
    <Tooltip label={text} multiline maw={260} position="top">
      <button
        type="button"
        className={css.column}
        aria-label={text}
        aria-pressed={isChosen}
        disabled={bar.watched === null}
        data-part={isPart || undefined}
        data-gap={bar.watched === 0 || undefined}
        onClick={() => onChoose(isChosen ? null : bar.at)}
      >
        <span className={css.room}>
          {bar.pieces.map(({ key, color, value }) => (
            <span
              key={key}
              className={css.piece}
              style={{ height: `${(100 * value) / top}%`, background: color }}
            />
          ))}
          {before !== null && <span className={css.before} style={{ bottom: `${(100 * before) / top}%` }} />}
        </span>
        <span className={css.hour}>{name}</span>
      </button>
    </Tooltip>
  );
}

function wordsOf(bar: Bar, before: number | null, timeZone: string): string {
  const time = `${clock(bar.at, timeZone)}–${clock(bar.endsAt, timeZone)}`;
  if (bar.watched === null) return `${time}: ${words.ahead}`;
  if (bar.value === null) return `${time}: ${words.notWatched}`;
  const pieces = bar.pieces.map((piece) => `${piece.name} ${amount(piece.value)}`).join(', ');
  const parts = [
    `${time}: ${pieces || words.nothing}`,
    bar.watched < WHOLE ? `${words.watched} ${percent(bar.watched)}` : '',
    before === null ? '' : `${words.weekBefore} ${amount(before)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
