/** One seam: its list of tracks, the chosen ones in their picture, and the keys that join and part them. */
import { Button, Group, Kbd, Skeleton, Text } from '@mantine/core';
import { IconArrowsJoin, IconClock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useKeys } from '@/hooks/use-keys';
import type { Schemas } from '@/types/api';

import { seamQuery, type Place, type Seam } from './api';
import { SeamPicture, type Size } from './seam-picture';
import css from './seams.module.css';
import { seamWords as words } from './strings';
import { TrackList } from './track-list';
import { useSaying } from './use-saying';
import { areAlike, chosenIn, firstChoice, sayable, type Choice, type Chosen } from './view';

type Props = { place: Place; row: Schemas['SeamRow']; size: Size; mayJoin: boolean };

export function SeamView({ place, row, size, mayJoin }: Props) {
  const seam = useQuery(seamQuery(place, row.number));
  return (
    <QueryView query={seam} skeleton={<Skeleton height={420} />}>
      {(found) => {
        if (found.waits_for.length > 0) {
          return (
            <EmptyState title={words.waits(found.waits_for)} icon={IconClock}>
              {words.waitsWhy}
            </EmptyState>
          );
        }
        const hasTracks = [found.pairs, found.earlier, found.later, found.links].some(
          (rows) => rows.length > 0,
        );
        if (!hasTracks) {
          return (
            <EmptyState title={words.noTracks} icon={IconArrowsJoin}>
              {words.noTracksWhy}
            </EmptyState>
          );
        }
        return <Desk place={place} seam={found} size={size} mayJoin={mayJoin} />;
      }}
    </QueryView>
  );
}

type DeskProps = { place: Place; seam: Seam; size: Size; mayJoin: boolean };

function Desk({ place, seam, size, mayJoin }: DeskProps) {
  const [choice, setChoice] = useState<Choice>(() => firstChoice(seam));
  const chosen = chosenIn(seam, choice);
  const saying = useSaying(place, seam.number, setChoice);
  const may = mayJoin && !saying.isBusy ? sayable(chosen) : { join: false, part: false, forget: false };
  const said = chosen.link?.kind ?? null;
  const verbs = {
    join: may.join ? () => saying.say(choice, 'together', said) : undefined,
    part: may.part ? () => saying.say(choice, 'apart', said) : undefined,
    forget: may.forget ? () => saying.say(choice, null, said) : undefined,
    undo: mayJoin && saying.canUndo ? saying.undo : undefined,
  };
  useKeys({ J: verbs.join, P: verbs.part, X: verbs.forget, 'Ctrl+Z': verbs.undo });
  return (
    <div className={css.desk}>
      <section className={css.main} aria-label={words.seam(seam.number)}>
        <SeamPicture place={place} seam={seam} chosen={chosen} size={size} />
        {mayJoin && (
          <Group gap="xs">
            <Verb name={words.join} sign="J" run={verbs.join} isFirst />
            <Verb name={words.part} sign="P" run={verbs.part} />
            <Verb name={words.forget} sign="X" run={verbs.forget} />
            <Verb name={words.undo} sign="Ctrl+Z" run={verbs.undo} />
          </Group>
        )}
        <Text size="sm" c="dimmed" role="status" mih={22}>
          {[saying.told, mayJoin && hintOf(chosen)].filter(Boolean).join('. ')}
        </Text>
      </section>
      <TrackList place={place} seam={seam} choice={choice} onChoose={setChoice} />
    </div>
  );
}

type VerbProps = { name: string; sign: string; run: (() => void) | undefined; isFirst?: boolean };

function Verb({ name, sign, run, isFirst = false }: VerbProps) {
  return (
    <Button
      variant={isFirst && run ? 'filled' : 'default'}
      // Not `disabled`: that would take the focus from whoever goes by keyboard.
      data-disabled={!run || undefined}
      aria-disabled={!run}
      onClick={() => run?.()}
      rightSection={<Kbd size="xs">{sign}</Kbd>}
    >
      {name}
    </Button>
  );
}

/** How the chosen ones lie, or what is missing before they can be joined. */
function hintOf({ earlier, later, pair }: Chosen): string {
  if (pair) return words.overlapIs(pair.overlap);
  if (!earlier || !later) return words.chooseTwo;
  return areAlike(earlier, later) ? '' : words.unlike;
}
