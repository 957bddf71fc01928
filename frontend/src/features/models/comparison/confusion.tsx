import { Card, SegmentedControl, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';

import { Section } from '@/components/page';
import type { Comparison } from '@/features/models/api';
import { count } from '@/lib/numbers';

import { CasesDrawer } from './cases-drawer';
import type { Names } from './comparison-page';
import css from './comparison.module.css';
import { matrixOf, tint, type Side } from './figures';
import { comparisonWords as words } from './strings';

type Props = { projectId: string; modelId: string; comparison: Comparison; names: Names };
type Cell = { actual: string; predicted: string; count: number };

/** What is there against what the model says; every number leads to its pictures. */
export function Confusion({ projectId, modelId, comparison, names }: Props) {
  const [chosen, setSide] = useState<Side>('candidate');
  const [open, setOpen] = useState<Cell | null>(null);
  const side = comparison.production ? chosen : 'candidate';
  const matrix = matrixOf(comparison[side] ?? comparison.candidate, comparison.classes);
  return (
    <Section
      title={words.confusion}
      actions={
        names.production && (
          <SegmentedControl
            size="xs"
            aria-label={words.whose}
            data={[
              { value: 'candidate', label: names.candidate },
              { value: 'production', label: names.production },
            ]}
            value={side}
            onChange={(value) => setSide(value as Side)}
          />
        )
      }
    >
      <Card>
        <Text size="xs" c="dimmed" mb="xs">
          {comparison.kind === 'segment' ? words.confusionPixels : words.confusionAbout}
        </Text>
        {matrix.rows.length === 0 ? (
          <Text size="sm" c="dimmed">
            {words.noCurve}
          </Text>
        ) : (
          <div className={css.scroll}>
            <table className={css.matrix} aria-label={words.confusion}>
              <thead>
                <tr>
                  <td />
                  {matrix.columns.map((name) => (
                    <th key={name} scope="col" data-none={name === '' || undefined}>
                      {name || (comparison.kind === 'segment' ? words.nothing : words.missed)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {matrix.rows.map((actual) => (
                  <tr key={actual}>
                    <th scope="row" data-none={actual === '' || undefined}>
                      {actual || words.nothing}
                    </th>
                    {matrix.columns.map((predicted) => (
                      <td key={predicted}>
                        <Figure
                          cell={{ actual, predicted, count: matrix.at(actual, predicted) }}
                          share={tint(matrix, actual, predicted)}
                          inPixels={comparison.kind === 'segment'}
                          onOpen={setOpen}
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
      <CasesDrawer
        projectId={projectId}
        modelId={modelId}
        side={side}
        inPixels={comparison.kind === 'segment'}
        cell={open}
        onClose={() => setOpen(null)}
      />
    </Section>
  );
}

type FigureProps = { cell: Cell; share: number; inPixels: boolean; onOpen: (cell: Cell) => void };

function Figure({ cell, share, inPixels, onOpen }: FigureProps) {
  if (cell.count === 0) return <span className={css.zero}>·</span>;
  const isRight = cell.actual === cell.predicted;
  return (
    <UnstyledButton
      className={css.cell}
      data-right={isRight || undefined}
      style={{ '--share': share }}
      aria-label={words.cell(cell.count, cell.actual, cell.predicted, inPixels)}
      onClick={() => onOpen(cell)}
    >
      {count(cell.count)}
    </UnstyledButton>
  );
}
