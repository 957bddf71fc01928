import { Alert, Button, FileButton, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { newId } from '@/canvas/document/ids';
import { replaceLabels } from '@/canvas/document/replace';
import type { Editor } from '@/canvas/editor';
import { bytes } from '@/lib/numbers';
import type { Label } from '@/types/api';

import { flowWords as words } from '../flow-strings';
import type { Notice } from '../use-submit';
import {
  effectOf,
  FILE_BYTES_MAX,
  parseTaskFile,
  readInto,
  TaskFileError,
  type Effect,
  type ReadFile,
  type TaskFile,
} from '../work/task-file';
import type { TaskSession } from '../work/task-session';
import css from './flow.module.css';

const SHOWN_LEFT_OUT = 30;

type Props = {
  onClose: () => void;
  session: TaskSession;
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  onDone: (notice: Notice) => void;
};

type Chosen = { name: string; file: TaskFile; read: ReadFile };

/** Takes a file in as one step that can be undone, after showing what it would do. */
export function ImportDialog({ onClose, session: { task }, editor, labels, onDone }: Props) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isInstead, setInstead] = useState(false);

  const choose = async (picked: File | null) => {
    if (!picked) return;
    setProblem(null);
    setChosen(null);
    try {
      if (picked.size > FILE_BYTES_MAX) throw new TaskFileError(words.fileTooLarge(bytes(FILE_BYTES_MAX)));
      const file = parseTaskFile(await picked.text());
      const { state } = editor.document;
      setChosen({
        name: picked.name,
        file,
        read: readInto(file, { task, labels, state, size: editor.imageSize, newId }),
      });
    } catch (error) {
      setProblem(error instanceof TaskFileError ? error.message : words.fileUnreadable);
    }
  };
  const take = (read: ReadFile, effect: Effect) => {
    // All labels of all frames, told in numbers before: no frame must be seen for it.
    editor.take(replaceLabels(editor.document.state, read.rows, 'Import', { keepOthers: !isInstead }));
    editor.select([...read.rows.regions, ...read.rows.tracks].map((row) => row.id));
    onClose();
    onDone({
      title: words.imported,
      text: words.importedAbout(effect.added, effect.replaced, effect.removed),
      isGood: true,
    });
  };
  const effect = chosen && effectOf(chosen.read.rows, editor.document.state, isInstead);
  const changes = effect
    ? effect.added + effect.replaced + effect.removed + effect.tagsAdded + effect.tagsRemoved
    : 0;
  return (
    <Modal opened onClose={onClose} title={words.importTitle} size="md">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {words.importAbout}
        </Text>
        {problem && (
          <Alert color="red" variant="light" role="alert">
            {problem}
          </Alert>
        )}
        {chosen && effect && (
          <>
            <Text size="sm" fw={600}>
              {words.fileOf(chosen.name)}
            </Text>
            {chosen.read.isOther && <Text size="sm">{words.otherPicture(chosen.file.asset.name)}</Text>}
            {chosen.read.isOther && !hasSize(chosen.file, editor) && (
              <Text size="sm">{words.otherSize(chosen.file.asset.width, chosen.file.asset.height)}</Text>
            )}
            <Radio.Group
              value={isInstead ? 'instead' : 'beside'}
              onChange={(value) => setInstead(value === 'instead')}
              aria-label={words.importTitle}
            >
              <Stack gap={6}>
                <Radio size="sm" value="beside" label={words.beside} />
                <Radio size="sm" value="instead" label={words.instead} />
              </Stack>
            </Radio.Group>
            <Counts effect={effect} />
            <LeftOut read={chosen.read} />
            {changes === 0 && <Text size="sm">{words.nothingToImport}</Text>}
          </>
        )}
        <Group justify="end" gap="xs">
          <FileButton accept=".json,application/json" onChange={(picked) => void choose(picked)}>
            {(props) => (
              <Button {...props} variant={chosen ? 'default' : 'filled'} data-autofocus>
                {chosen ? words.otherFile : words.chooseFile}
              </Button>
            )}
          </FileButton>
          {chosen && effect && (
            <Button disabled={changes === 0} onClick={() => take(chosen.read, effect)}>
              {words.doImport}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

const hasSize = ({ asset }: TaskFile, { imageSize }: Editor): boolean =>
  asset.width === imageSize.width && asset.height === imageSize.height;

function Counts({ effect }: { effect: Effect }) {
  const rows = [
    [words.willAdd, effect.added],
    [words.willReplace, effect.replaced],
    [words.willRemove, effect.removed],
    [words.willKeep, effect.same],
    [words.willTag, effect.tagsAdded],
  ] as const;
  return (
    <dl className={css.counts}>
      {rows.map(([name, n]) =>
        n > 0 || name === words.willAdd ? (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{n}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

function LeftOut({ read: { leftOut } }: { read: ReadFile }) {
  if (leftOut.length === 0) return null;
  const counted = new Map<string, number>();
  for (const { what, why } of leftOut) {
    const line = `${what}: ${why}`;
    counted.set(line, (counted.get(line) ?? 0) + 1);
  }
  const lines = [...counted];
  return (
    <div>
      <Text size="sm" fw={600}>
        {words.leftOut}: {leftOut.length}
      </Text>
      <ul className={css.leftOut}>
        {lines.slice(0, SHOWN_LEFT_OUT).map(([line, n]) => (
          <li key={line}>{n > 1 ? `${n} × ${line}` : line}</li>
        ))}
        {lines.length > SHOWN_LEFT_OUT && <li>{words.moreLeftOut(lines.length - SHOWN_LEFT_OUT)}</li>}
      </ul>
    </div>
  );
}
