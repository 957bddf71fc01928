/** A small bar over the foot of the picture while the smart tool is in hand: what to do, the choice, and how it is kept. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconSparkles, IconX } from '@tabler/icons-react';
import { memo, type KeyboardEvent } from 'react';

import type { Editor } from '@/canvas/editor';
import type { SmartStatus } from '@/canvas/tools/smart-provider';
import { useEditorPart } from '@/hooks/use-editor';

import { keyHint } from '../work/keys';
import type { AssistState } from './follow';
import { GlanceSwitch, OutlineChoice, OutputChoice, Tolerance } from './smart-options';
import css from './smart.module.css';
import { assistWords as words } from './strings';

type Props = { editor: Editor; assist: AssistState };

export function SmartBar({ editor, assist }: Props) {
  const tool = useEditorPart(editor, (snapshot) => snapshot.tool);
  const smart = useEditorPart(editor, (snapshot) => snapshot.smart);
  const { busy, note, stop } = assist;
  const ends = stop && (
    <Button size="compact-xs" variant="default" onClick={stop}>
      {words.stop}
    </Button>
  );
  if (tool !== 'smart') {
    return (busy ?? note) ? (
      <div className={css.bar} data-quiet={!stop || undefined}>
        <span className={css.text} role="status" data-busy={busy !== null || undefined}>
          {busy ?? note}
        </span>
        {ends}
      </div>
    ) : null;
  }
  const isPreview = smart.state === 'preview';
  // A correction in its wait leaves the bar as it is: nothing jumps, and what is in place need not be built anew.
  const isShown = isPreview || (smart.state === 'waiting' && smart.shape !== null);
  const keep = (event: KeyboardEvent<HTMLElement>): void => {
    // Sliders and choices have no use for Enter; whoever has just set one means the outline.
    if (event.key !== 'Enter' || (event.target as HTMLElement).closest('button')) return;
    if (editor.keepOutline()) event.preventDefault();
  };
  return (
    <section className={css.bar} aria-label={words.bar} onKeyDown={keep}>
      <span
        className={css.text}
        role="status"
        data-busy={smart.state === 'waiting' || busy !== null || undefined}
      >
        {busy ?? textOf(smart, smart.prompts === 0 ? note : null)}
      </span>
      {ends}
      {isShown && <OutlineChoice editor={editor} {...choiceOf(smart)} />}
      {isShown && smart.shape === 'polygon' && <Tolerance editor={editor} vertices={smart.vertices ?? 0} />}
      {smart.state !== 'unavailable' && <OutputChoice editor={editor} shape={smart.shape} />}
      {smart.prompts === 0 && smart.state !== 'unavailable' && <Idle editor={editor} assist={assist} />}
      {smart.prompts > 0 && (
        <span className={css.ends}>
          <Ends editor={editor} />
          <Keep editor={editor} canKeep={isPreview} />
        </span>
      )}
    </section>
  );
}

const choiceOf = ({ candidates, chosen, score }: SmartStatus) => ({ candidates, chosen, score });

function textOf(smart: SmartStatus, note: string | null): string {
  switch (smart.state) {
    case 'unavailable':
      return words.off;
    case 'waiting':
      return words.waiting;
    case 'empty':
      return words.empty;
    case 'failed':
      return smart.message ?? words.off;
    case 'preview':
      return smart.isRefining ? words.refining : words.correct;
    case 'idle':
      return note ?? (matchMedia('(pointer: coarse)').matches ? words.startTouch : words.start);
  }
}

/** Before the first prompt: what else the assist can do. */
function Idle({ editor, assist }: Props) {
  const hasBoxes = useEditorPart(editor, ({ counts }) => counts.suggestionsOpen > 0);
  const hint = (action: string): string => keyHint(editor.keymap, action);
  const isBusy = assist.busy !== null;
  // Suggestions are of pictures.
  const isVideo = useEditorPart(editor, ({ frame }) => frame !== null);
  if (isVideo) return assist.where === 'browser' && <GlanceSwitch editor={editor} />;
  return (
    <>
      {assist.where === 'browser' && <GlanceSwitch editor={editor} />}
      {hasBoxes && (
        <Tooltip label={`${words.outlineAllAbout} (${hint('refineAll')})`}>
          <Button
            size="compact-xs"
            variant="default"
            disabled={isBusy}
            onClick={() => editor.perform('refineAll')}
          >
            {words.outlineAll}
          </Button>
        </Tooltip>
      )}
      <Tooltip label={`${words.everythingAbout} (${hint('everything')})`} multiline maw={260}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconSparkles size={13} stroke={1.6} />}
          disabled={isBusy}
          onClick={() => editor.perform('everything')}
        >
          {words.everything}
        </Button>
      </Tooltip>
    </>
  );
}

const Ends = memo(function Ends({ editor }: { editor: Editor }) {
  const hint = (action: string): string => keyHint(editor.keymap, action);
  return (
    <>
      <Tooltip label={`${words.takeBack} (${hint('undo')})`}>
        <ActionIcon size={26} aria-label={words.takeBack} onClick={() => editor.undo()}>
          <IconArrowBackUp size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${words.drop} (${hint('cancel')})`}>
        <ActionIcon size={26} aria-label={words.drop} onClick={() => editor.perform('cancel')}>
          <IconX size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  );
});

function Keep({ editor, canKeep }: { editor: Editor; canKeep: boolean }) {
  return (
    <Tooltip label={`${words.keep} (${keyHint(editor.keymap, 'finish')})`}>
      <Button
        size="compact-xs"
        disabled={!canKeep}
        leftSection={<IconCheck size={13} stroke={2} />}
        onClick={() => editor.keepOutline()}
      >
        {words.keep}
      </Button>
    </Tooltip>
  );
}
