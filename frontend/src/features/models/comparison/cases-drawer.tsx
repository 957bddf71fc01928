import { Drawer, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

import { QueryView } from '@/components/query-view';
import { casesQuery, type ComparisonCase } from '@/features/models/api';
import { count, score } from '@/lib/numbers';
import { PictureCache } from '@/lib/pictures';

import css from './comparison.module.css';
import type { Side } from './figures';
import { paintCase } from './paint-case';
import { comparisonWords as words } from './strings';

const SIDE_PX = 256;
const PICTURES_KEPT = 40;

type Cell = { actual: string; predicted: string; count: number };
type Props = {
  projectId: string;
  modelId: string;
  side: Side;
  inPixels: boolean;
  cell: Cell | null;
  onClose: () => void;
};

/** The pictures behind one number. */
export function CasesDrawer({ cell, onClose, ...rest }: Props) {
  return (
    <Drawer
      opened={cell !== null}
      onClose={onClose}
      position="right"
      size={760}
      title={cell ? words.cellTitle(cell.actual, cell.predicted) : ''}
    >
      {cell && <Cases cell={cell} {...rest} />}
    </Drawer>
  );
}

type CasesProps = Omit<Props, 'onClose' | 'cell'> & { cell: Cell };

function Cases({ projectId, modelId, side, inPixels, cell }: CasesProps) {
  const { actual, predicted } = cell;
  const cases = useQuery(casesQuery(projectId, modelId, { side, actual, predicted }));
  const [pictures] = useState(() => new PictureCache(PICTURES_KEPT));
  useEffect(() => () => pictures.clear(), [pictures]);
  return (
    <QueryView
      query={cases}
      skeleton={
        <div className={css.cases}>
          {Array.from({ length: 6 }, (_, index) => (
            <Skeleton key={index} height={200} />
          ))}
        </div>
      }
      isEmpty={(rows) => rows.length === 0}
      empty={<Text size="sm">{inPixels ? words.noPatch : words.casesGone}</Text>}
    >
      {(rows) => (
        <Stack gap="sm" pt="xs">
          <Group gap="md">
            <Text size="sm" c="dimmed">
              {inPixels ? words.patches(rows.length) : words.cases(rows.length, cell.count, predicted === '')}
            </Text>
            <Key kind="truth" name={words.keyTruth} />
            <Key kind="found" name={words.keyFound} />
          </Group>
          <ul className={css.cases}>
            {rows.map((row, index) => (
              <CaseView key={`${row.asset.id}-${index}`} row={row} pictures={pictures} />
            ))}
          </ul>
        </Stack>
      )}
    </QueryView>
  );
}

function Key({ kind, name }: { kind: 'truth' | 'found'; name: string }) {
  return (
    <Group gap={6}>
      <span className={css.key} data-kind={kind} aria-hidden />
      <Text size="xs" c="dimmed">
        {name}
      </Text>
    </Group>
  );
}

function CaseView({ row, pictures }: { row: ComparisonCase; pictures: PictureCache }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isGone = false;
    pictures
      .get(row.image_url)
      .then((bitmap) => {
        const pen = canvas.current?.getContext('2d');
        if (!isGone && pen) paintCase(pen, bitmap, row);
      })
      // The place stays empty; name and score are still told below it.
      .catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [row, pictures]);
  return (
    <li className={css.case}>
      <canvas ref={canvas} className={css.picture} width={SIDE_PX} height={SIDE_PX} aria-hidden />
      <span className={css.caption}>
        <span className={css.name} title={row.asset.name}>
          {row.asset.name}
        </span>
        {row.score !== null && <span>{score(row.score)}</span>}
        {row.score === null && row.truth && <span>{count(widthOf(row.truth))} px</span>}
      </span>
    </li>
  );
}

const widthOf = ([x1 = 0, , x2 = 0]: number[]): number => Math.round(x2 - x1);
