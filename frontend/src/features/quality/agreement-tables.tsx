import { Card, Table, Text, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import { LabelChip } from '@/components/label-chip';
import { Section } from '@/components/page';
import { FigureCells, StackedTable } from '@/components/stacked-table';
import { count, percent, score } from '@/lib/numbers';

import type { Agreement } from './api';
import { agreementWords as words } from './strings';

/** By label, and for those who manage the project by pair of people. */
export function AgreementTable({ data }: { data: Agreement }) {
  return (
    <>
      <Section title={words.labels}>
        <Rows
          head={[words.label, words.match, words.overlap, [words.alpha, words.alphaAbout], words.inWords]}
        >
          {data.labels.map(({ label_id, name, color, agreed, alpha, words: said }) => (
            <Row
              key={label_id}
              name={<LabelChip name={name} color={color} />}
              figures={{
                [words.match]: percent(agreed.f1_50),
                [words.overlap]: percent(agreed.matched_iou),
                [words.alpha]: score(alpha),
              }}
              said={said}
            />
          ))}
        </Rows>
      </Section>
      {data.pairs && data.pairs.length > 0 && (
        <Section title={words.pairs} about={words.pairsAbout}>
          <Rows
            head={[
              words.pair,
              words.pictures,
              words.match,
              words.overlap,
              [words.kappa, words.kappaAbout],
              words.inWords,
            ]}
          >
            {data.pairs.map(({ first, second, pictures, agreed, kappa, words: said }) => (
              <Row
                key={`${first?.id ?? ''} ${second?.id ?? ''}`}
                name={words.two(first?.name ?? words.left, second?.name ?? words.left)}
                figures={{
                  [words.pictures]: count(pictures),
                  [words.match]: percent(agreed.f1_50),
                  [words.overlap]: percent(agreed.matched_iou),
                  [words.kappa]: score(kappa),
                }}
                said={said}
              />
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}

type Head = string | [name: string, about: string];

function Rows({ head, children }: { head: Head[]; children: ReactNode }) {
  return (
    <Card padding={0}>
      <StackedTable minWidth={760} columns={head.length - 2}>
        <Table.Thead>
          <Table.Tr>
            {head.map((each, index) => {
              const [name, about] = typeof each === 'string' ? [each, null] : each;
              const isFigure = index > 0 && index < head.length - 1;
              return (
                <Table.Th key={name} ta={isFigure ? 'right' : undefined}>
                  {about ? (
                    <Tooltip label={about} multiline w={260}>
                      <span>{name}</span>
                    </Tooltip>
                  ) : (
                    name
                  )}
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </StackedTable>
    </Card>
  );
}

type RowProps = { name: ReactNode; figures: Record<string, string>; said: readonly string[] };

function Row({ name, figures, said }: RowProps) {
  return (
    <Table.Tr>
      <Table.Td miw={140}>{name}</Table.Td>
      <FigureCells figures={figures} />
      <Table.Td miw={300} maw={460} data-wide>
        <Text size="sm" c="dimmed">
          {said.join(' ')}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
