import { Table } from '@mantine/core';
import type { CSSProperties, ReactNode } from 'react';

import css from './stacked-table.module.css';

type Props = {
  /** Narrower than this it scrolls sideways, in pixels; on a phone it never does. */
  minWidth: number;
  /** Cells beside each other on a phone. */
  columns: number;
  layout?: 'fixed';
  children: ReactNode;
};

/**
 * A table that is read on a phone too: there each row is a block under its first cell, and a cell says what it is by
 * its `data-name`. `data-wide` gives it a line of its own; what is empty takes none.
 */
export function StackedTable({ minWidth, columns, layout, children }: Props) {
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" className={css.frame}>
      <Table
        verticalSpacing="xs"
        layout={layout}
        className={css.table}
        style={{ '--columns': columns } as CSSProperties}
      >
        {children}
      </Table>
    </Table.ScrollContainer>
  );
}

/** Cells with a figure each, by the name of its column, in order. */
export function FigureCells({ figures }: { figures: Readonly<Record<string, string>> }) {
  return Object.entries(figures).map(([of, figure]) => (
    <Table.Td key={of} ta="right" data-name={of} style={{ whiteSpace: 'nowrap' }}>
      {figure}
    </Table.Td>
  ));
}
