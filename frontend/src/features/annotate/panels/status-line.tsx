import { Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCloudOff, IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import { percent } from '@/lib/numbers';
import { duration, timeAgo } from '@/lib/time';
import type { OpenTask } from '@/types/annotation';

import css from '../annotate.module.css';
import { AssistWord } from '../assist/assist-word';
import { flowWords } from '../flow-strings';
import { annotateWords as words } from '../strings';
import type { SessionView, TaskSession } from '../work/task-session';

const TICK_MS = 1_000;

/** The clock of the line: a render a second, here and nowhere above. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

type Tone = 'good' | 'warn' | 'bad';

function saveText(view: SessionView, now: number): { text: string; about?: string; tone: Tone } {
  const about = view.problem ? words.refusedAbout(view.problem.message) : undefined;
  switch (view.save) {
    case 'saving':
      return { text: words.saving, tone: 'good' };
    case 'offline':
      return { text: view.isDurable ? words.offline : words.offlineLoose, about, tone: 'warn' };
    case 'signed-out':
      return { text: words.signedOut, tone: 'warn' };
    case 'conflict':
      return { text: words.conflict, tone: 'warn' };
    case 'refused':
      return { text: words.refused, about, tone: 'bad' };
    case 'saved':
      return { text: view.savedAt ? words.saved(ago(view.savedAt, now)) : words.nothingYet, tone: 'good' };
  }
}

/** To the second in the first minute: this is where a person looks after a change. */
function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  return seconds < 60 ? `${seconds} s ago` : timeAgo(new Date(at).toISOString(), now);
}

const TONE_ICONS = { good: IconCheck, warn: IconCloudOff, bad: IconAlertTriangle };

type Props = {
  editor: Editor;
  session: TaskSession;
  view: SessionView;
  progress: OpenTask['progress'];
  onHelp: () => void;
};

export function StatusLine({ editor, session, view, progress, onHelp }: Props) {
  const now = useNow();
  const zoom = useEditorPart(editor, (snapshot) => snapshot.zoom);
  const assistState = useEditorPart(editor, (snapshot) => snapshot.smart.state);
  // What was worked on this picture since it was opened is not in the server's sum yet.
  const since = session.activity.seconds - Math.round(session.task.assignment?.active_seconds ?? 0);
  const today = flowWords.today(progress.done_today, duration(progress.seconds_today + Math.max(0, since)));
  const save = saveText(view, now);
  const Icon = view.save === 'saving' ? IconRefresh : TONE_ICONS[save.tone];
  return (
    <footer className={css.line}>
      {session.isEditable && (
        <>
          <Tooltip label={save.about} disabled={!save.about} multiline maw={360}>
            <span className={css.state} data-tone={save.tone} role="status">
              <Icon size={14} stroke={1.8} aria-hidden />
              {save.text}
            </span>
          </Tooltip>
          {session.mayAssist && (
            <AssistWord assist={view.assist} now={now} isFailed={assistState === 'failed'} />
          )}
        </>
      )}
      <span className={css.spacer} />
      {session.task.mode === 'label' && <span>{words.left(progress.left)}</span>}
      {session.task.mode === 'label' && (
        <Tooltip label={flowWords.todayAbout} multiline maw={280}>
          <span>{today}</span>
        </Tooltip>
      )}
      {session.isEditable && <span>{flowWords.onThis(duration(session.activity.seconds))}</span>}
      <span>{percent(zoom)}</span>
      <UnstyledButton fz={12} onClick={onHelp}>
        <Kbd size="xs">?</Kbd> {words.keys}
      </UnstyledButton>
    </footer>
  );
}
