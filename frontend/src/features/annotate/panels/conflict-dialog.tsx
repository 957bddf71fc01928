import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import type { WireRegion } from '@/canvas/document/wire';
import type { Size } from '@/canvas/geometry/points';
import type { LabelStyle } from '@/canvas/render/paint';
import type { Label } from '@/types/api';

import { differences } from '../saving/differences';
import type { Choice, Conflict } from '../saving/merge';
import { annotateWords as words } from '../strings';
import css from './conflict.module.css';
import { Preview } from './conflict-preview';

type Props = {
  conflicts: readonly Conflict[];
  /** Whose save it was; null: one's own, from another tab or computer. */
  author: string | null;
  labels: ReadonlyMap<string, Label>;
  styleOf: (labelId: string) => LabelStyle;
  picture: CanvasImageSource | null;
  pictureSize: Size;
  onResolve: (choices: ReadonlyMap<string, Choice>) => void;
};

/** Two saves of one picture: what clashes is shown side by side and chosen object by object. */
export function ConflictDialog({ conflicts, author, onResolve, ...show }: Props) {
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const choose = (id: string, choice: Choice) => setChoices(new Map(choices).set(id, choice));
  const all = (choice: Choice) => setChoices(new Map(conflicts.map((each) => [each.id, choice])));
  const left = conflicts.filter((each) => !choices.has(each.id)).length;
  const theirs = words.theirsOf(author);
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={words.conflictTitle}
      size={560}
    >
      <Stack gap="sm">
        <Text size="sm">{words.conflictAbout(conflicts.length, author)}</Text>
        {conflicts.length > 1 && (
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => all('theirs')}>
              {words.takeAllTheirs(author)}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => all('mine')}>
              {words.takeAllMine}
            </Button>
          </Group>
        )}
        <div>
          {conflicts.map((conflict, index) => (
            <ClashingObject
              key={conflict.id}
              {...show}
              conflict={conflict}
              at={index + 1}
              of={conflicts.length}
              theirsTitle={theirs}
              choice={choices.get(conflict.id) ?? null}
              onChoose={(choice) => choose(conflict.id, choice)}
            />
          ))}
        </div>
        <div className={css.foot}>
          <Text size="sm" c="dimmed" aria-live="polite">
            {left > 0 ? words.pickEach(left) : ''}
          </Text>
          <Button disabled={left > 0} onClick={() => onResolve(choices)}>
            {words.mergeNow}
          </Button>
        </div>
      </Stack>
    </Modal>
  );
}

type ObjectProps = Pick<Props, 'labels' | 'styleOf' | 'picture' | 'pictureSize'> & {
  conflict: Conflict;
  at: number;
  of: number;
  theirsTitle: string;
  choice: Choice | null;
  onChoose: (choice: Choice) => void;
};

function ClashingObject({ conflict, at, of, theirsTitle, choice, onChoose, ...show }: ObjectProps) {
  const { mine, theirs } = conflict;
  const some = mine ?? theirs;
  const name = words.conflictOf(some ? show.styleOf(some.label_id).name : words.unknownLabel, at, of);
  return (
    <Radio.Group aria-label={name} value={choice} onChange={(value) => onChoose(value as Choice)}>
      <div className={css.object}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <div className={css.sides}>
          <Side {...show} value="theirs" title={theirsTitle} row={theirs} other={mine} />
          <Side {...show} value="mine" title={words.mine} row={mine} other={theirs} />
        </div>
        {mine && theirs && (
          <Radio.Card value="both" className={css.both}>
            <Text size="sm">{words.both}</Text>
          </Radio.Card>
        )}
      </div>
    </Radio.Group>
  );
}

type SideProps = Pick<Props, 'labels' | 'styleOf' | 'picture' | 'pictureSize'> & {
  value: Choice;
  title: string;
  row: WireRegion | null;
  other: WireRegion | null;
};

/** One side's state of the object: its picture, and in what it differs. */
function Side({ value, title, row, other, labels, styleOf, picture, pictureSize }: SideProps) {
  const style = row ? styleOf(row.label_id) : null;
  const says = row ? differences(row, other, labels) : [];
  const isRelabelled = row && other && row.label_id !== other.label_id;
  return (
    <Radio.Card value={value} className={css.side}>
      <Preview
        row={row}
        other={other}
        color={style?.color ?? '#ffffff'}
        picture={picture}
        size={pictureSize}
      />
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text size="xs" c={row ? undefined : 'dimmed'}>
        {row
          ? [isRelabelled || says.length === 0 ? style?.name : '', ...says].filter(Boolean).join(' · ')
          : words.deleted}
      </Text>
    </Radio.Card>
  );
}
