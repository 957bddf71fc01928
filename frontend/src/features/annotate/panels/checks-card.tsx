import { ActionIcon, Button, Text, UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';

import type { Editor } from '@/canvas/editor';

import type { BenchVerbs } from '../use-bench-verbs';
import { checkWords as words } from '../work/check-words';
import type { Problem } from '../work/checks';
import { SUBMITS } from '../work/one-press';
import css from './flow.module.css';

type Props = { editor: Editor; on: BenchVerbs };

/** What stands in the way of a submit, alive while it is mended. A line selects and shows its object. */
export function ChecksCard({ editor, on: { checks, submit } }: Props) {
  const first = useRef<HTMLButtonElement>(null);
  const { isOpen, problems } = checks;
  useEffect(() => {
    // By keyboard the list is where the hand is now; the canvas keeps its keys, they are heard at the window.
    if (isOpen) first.current?.focus();
  }, [isOpen]);
  if (!isOpen) return null;
  return (
    <section className={css.checks} aria-label={words.title}>
      <header className={css.sideHead}>
        <h2 className={css.sideTitle}>{words.title}</h2>
        <ActionIcon size={24} aria-label={words.close} onClick={checks.close}>
          <IconX size={14} stroke={1.8} />
        </ActionIcon>
      </header>
      {problems.length === 0 ? (
        <Text size="sm" px={12} pb={10} role="status">
          {words.allMended}
        </Text>
      ) : (
        <ul className={css.checkList}>
          {problems.map((problem, index) => (
            <li key={`${problem.kind}/${problem.field}`}>
              {problem.kind === 'empty' ? (
                <div className={css.check} style={{ flexDirection: 'column' }}>
                  <span>{problem.text}</span>
                  <Button
                    {...SUBMITS}
                    ref={index === 0 ? first : undefined}
                    size="compact-sm"
                    title={words.nothingHereAbout}
                    onClick={() => void submit(true)}
                  >
                    {words.nothingHere}
                  </Button>
                </div>
              ) : (
                <Line
                  problem={problem}
                  editor={editor}
                  button={index === 0 ? first : undefined}
                  onShow={() => checks.show(problem)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

type LineProps = {
  problem: Problem;
  editor: Editor;
  button?: React.Ref<HTMLButtonElement>;
  onShow: () => void;
};

function Line({ problem: { labelId, objectId, text }, editor, button, onShow }: LineProps) {
  const style = labelId === null ? null : editor.styleOf(labelId);
  if (labelId === null && objectId === null) return <div className={css.check}>{text}</div>;
  return (
    <UnstyledButton ref={button} className={css.check} onClick={onShow}>
      <span className={css.checkDot} style={{ background: style?.color }} aria-hidden />
      <span>
        {objectId !== null && style && <b>{style.name}. </b>}
        {text}
      </span>
    </UnstyledButton>
  );
}
