import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';

import { score } from '@/lib/numbers';

import type { Finding } from './api';
import css from './label-errors.module.css';
import { labelErrorWords as words } from './strings';

type Props = {
  findings: readonly Finding[];
  at: number;
  nameOf: (labelId: string) => string;
  onGo: (at: number) => void;
  more?: () => void;
};

/** The ranking beside what is looked at. */
export function FindingList({ findings, at, nameOf, onGo, more }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const here = findings[at]?.id;
  // The list alone is moved: on a phone it stands below the picture, and the page is to stay where it is.
  useEffect(() => {
    const box = list.current;
    const row = box?.children[at];
    if (!box || !(row instanceof HTMLElement)) return;
    const top = row.offsetTop - box.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top;
    const over = top + row.offsetHeight - box.clientHeight;
    if (over > box.scrollTop) box.scrollTop = over;
  }, [at, here]);
  return (
    <nav className={css.side} aria-label={words.list}>
      <ol className={css.list} ref={list}>
        {findings.map((finding, index) => (
          <Row
            key={finding.id}
            finding={finding}
            isAt={index === at}
            what={whatOf(finding, nameOf)}
            onGo={() => onGo(index)}
          />
        ))}
      </ol>
      {more && (
        <Button size="compact-sm" variant="subtle" fullWidth onClick={more}>
          {words.more}
        </Button>
      )}
    </nav>
  );
}

function whatOf(finding: Finding, nameOf: Props['nameOf']): string {
  const proposed = nameOf(finding.proposed_label_id);
  return finding.kind === 'swapped' ? `${nameOf(finding.label_id)} → ${proposed}` : proposed;
}

type RowProps = { finding: Finding; isAt: boolean; what: string; onGo: () => void };

function Row({ finding, isAt, what, onGo }: RowProps) {
  return (
    <li>
      <button
        type="button"
        className={css.row}
        aria-current={isAt}
        onClick={(event) => {
          onGo();
          // The desk's keys are heard wherever one is; a focused button would keep Enter.
          event.currentTarget.blur();
        }}
      >
        <img className={css.thumb} src={finding.asset.thumbnail_url} alt="" loading="lazy" />
        <span className={css.what}>
          <span className={css.name}>
            {words.kinds[finding.kind]}: {what}
          </span>
          <span className={css.picture}>{finding.asset.name}</span>
        </span>
        <span className={css.score}>{score(finding.score)}</span>
      </button>
    </li>
  );
}
