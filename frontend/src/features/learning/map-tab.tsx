/** Where a project's pictures lie, coloured by what is known of them; a loop drawn around some puts them first. */
import { Card, Select, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { mapMake, mapQuery, type MapColumns, type PictureMap } from '@/features/learning/api';
import { MapCanvas } from '@/features/learning/map-canvas';
import { kindsOf, type ColorBy, type Kind } from '@/features/learning/map-figures';
import { MapPicked } from '@/features/learning/map-picked';
import css from '@/features/learning/map.module.css';
import { mapWords as words } from '@/features/learning/strings';
import { HowFar, StartButton, useBackground } from '@/components/background';
import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { EmptyState } from '@/components/states';
import { useMay } from '@/hooks/use-project';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const COLOR_BY: ColorBy[] = ['label', 'state', 'split', 'uncertainty', 'camera'];
/** Fewer lie anywhere: their places say nothing. */
const PICTURES_MIN = 20;

export function MapTab({ projectId }: { projectId: string }) {
  const query = mapQuery(projectId);
  const map = useQuery(query);
  const isReviewer = useMay(projectId, 'reviewer');
  const work = useBackground({
    projectId,
    kind: 'learning.map',
    start: (key) => mapMake(projectId, key),
    makesOld: query.queryKey,
  });
  return (
    <QueryView query={map} skeleton={<Skeleton height={480} />}>
      {(data) => (
        <Section
          title={words.title}
          about={aboutMap(data)}
          actions={
            isReviewer &&
            data.has_model &&
            data.columns && <StartButton work={work}>{words.again}</StartButton>
          }
        >
          <HowFar work={work} name={words.making} />
          {data.columns && data.columns.assets.length >= PICTURES_MIN ? (
            <Drawn key={data.made_at} projectId={projectId} columns={data.columns} />
          ) : (
            <Card>
              <EmptyState
                title={data.columns ? words.tooFew : data.has_model ? words.noMap : words.noModel}
                icon={IconChartDots3}
                action={
                  data.columns ? (
                    <ButtonLink to={paths.upload(projectId)}>{words.add}</ButtonLink>
                  ) : data.has_model ? (
                    isReviewer && <StartButton work={work}>{words.make}</StartButton>
                  ) : (
                    <ButtonLink to={paths.models(projectId)}>{words.toModels}</ButtonLink>
                  )
                }
              >
                {data.columns
                  ? words.tooFewWhy(PICTURES_MIN)
                  : data.has_model
                    ? words.noneWhy
                    : words.noModelWhy}
              </EmptyState>
            </Card>
          )}
        </Section>
      )}
    </QueryView>
  );
}

function aboutMap({ facts, model_number }: PictureMap): string {
  if (!facts) return words.about;
  return words.facts(facts.pictures, facts.left_out, model_number ?? 0, facts.neighbours_kept);
}

function Drawn({ projectId, columns }: { projectId: string; columns: MapColumns }) {
  const [by, setBy] = useState<ColorBy>('label');
  const [picked, setPicked] = useState<number[]>([]);
  const kinds = useMemo(() => kindsOf(columns, by, words), [columns, by]);
  const selected = useMemo(() => new Set(picked), [picked]);
  return (
    <div className={css.columns}>
      <MapCanvas columns={columns} kinds={kinds} selected={selected} onSelect={setPicked} />
      <Stack gap="md">
        <Card>
          <Stack gap="xs">
            <Select
              label={words.colorBy}
              data={COLOR_BY.map((value) => ({ value, label: words.by[value] }))}
              allowDeselect={false}
              value={by}
              onChange={(value) => value && setBy(value as ColorBy)}
            />
            <Legend kinds={kinds} onPick={setPicked} />
          </Stack>
        </Card>
        {picked.length > 0 ? (
          <MapPicked projectId={projectId} columns={columns} picked={picked} onClear={() => setPicked([])} />
        ) : (
          <Text size="sm" c="dimmed">
            {words.hint}
          </Text>
        )}
      </Stack>
    </div>
  );
}

/** Its lines pick their pictures too: the way to choose without a pointer. */
function Legend({ kinds, onPick }: { kinds: Kind[]; onPick: (indices: number[]) => void }) {
  return (
    <ul className={css.legend}>
      {kinds.map(({ name, color, members }) => (
        <li key={name}>
          <UnstyledButton
            className={css.kind}
            aria-label={words.pickKind(name, members.length)}
            onClick={() => onPick(members)}
          >
            <i style={{ background: color }} />
            <span>{name}</span>
            <data value={members.length}>{count(members.length)}</data>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
