import { Badge, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';

import type { WireLabels } from '@/canvas/document/wire';
import { replaceLabels } from '@/canvas/document/replace';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { useEditorPart } from '@/hooks/use-editor';
import { toApiError } from '@/lib/api-error';
import type { HistoryEntry } from '@/types/annotation';
import type { Label } from '@/types/api';

import { getRevision, taskHistory } from '../api';
import { flowWords as words } from '../flow-strings';
import type { BenchVerbs } from '../use-bench-verbs';
import { compareWith, isSameAsNow } from '../work/compared';
import { changeWords, whoMade } from '../work/history-words';
import type { TaskSession } from '../work/task-session';
import type { Workbench } from '../work/workbench';
import css from './history.module.css';

type Props = { bench: Workbench; session: TaskSession; labels: ReadonlyMap<string, Label>; on: BenchVerbs };

const cursorOf = (next: string | null | undefined): string | undefined =>
  (next && new URL(next, window.location.origin).searchParams.get('cursor')) ?? undefined;

/** The revisions of the open task: who, when, what changed; one of them over the picture, and back to it. */
export function HistoryPanel({ bench, session, labels, on }: Props) {
  const { editor } = bench;
  const history = useInfiniteQuery({
    queryKey: ['task-history', session.task.id],
    queryFn: ({ pageParam }) => taskHistory(session.task.id, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => cursorOf(page.next),
    staleTime: 0,
  });
  const look = useAction({
    run: (entry: HistoryEntry) => getRevision(entry.id),
    onDone: ({ number, labels: then }) =>
      on.compare(compareWith(number, then as WireLabels, editor.document.state, labels)),
  });
  const entries = history.data?.pages.flatMap((page) => page.results) ?? [];
  if (history.error) {
    return (
      <Stack gap="xs" align="start">
        <Text size="sm">{words.historyFailed}</Text>
        <Text size="xs" c="dimmed">
          {toApiError(history.error).message}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => void history.refetch()}>
          Try again
        </Button>
      </Stack>
    );
  }
  if (history.data && entries.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.historyEmpty}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {entries.map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          isShown={on.compared?.number === entry.number}
          onShow={() => (on.compared?.number === entry.number ? on.compare(null) : look.mutate(entry))}
        >
          {on.compared?.number === entry.number && (
            <Shown bench={bench} session={session} on={on} isTest={entry.of_test} />
          )}
        </Entry>
      ))}
      {history.hasNextPage && (
        <Button
          size="compact-sm"
          variant="default"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {words.older}
        </Button>
      )}
    </Stack>
  );
}

type EntryProps = { entry: HistoryEntry; isShown: boolean; onShow: () => void; children: React.ReactNode };

function Entry({ entry, isShown, onShow, children }: EntryProps) {
  const who = whoMade(entry);
  const decision = entry.decisions.find((each) => each.undone_at === null);
  return (
    <div>
      <UnstyledButton className={css.entry} aria-pressed={isShown} onClick={onShow}>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text size="sm" fw={600} truncate>
            {who}
          </Text>
          <TimeAgo at={entry.created_at} size="xs" c="dimmed" />
        </Group>
        <Text size="xs">{changeWords(entry)}</Text>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {words.revision(entry.number)}
          </Text>
          {decision && (
            <Badge
              size="xs"
              variant="light"
              tt="none"
              color={decision.verdict === 'approve' ? 'green' : 'yellow'}
            >
              {words.verdicts[decision.verdict]}
            </Badge>
          )}
          {entry.late && (
            <Badge size="xs" variant="light" tt="none" color="yellow">
              {words.late}
            </Badge>
          )}
        </Group>
        {decision?.reason && (
          <Text size="xs" className={css.reason}>
            {words.saidBy(decision.reviewer?.name ?? null, decision.reason)}
          </Text>
        )}
      </UnstyledButton>
      {children}
    </div>
  );
}

type ShownProps = Pick<Props, 'bench' | 'session' | 'on'> & {
  /** One's own answer to a test picture, beside the approved labels. */
  isTest: boolean;
};

function Shown({ bench: { editor }, session, on, isTest }: ShownProps) {
  // What is on the screen may change under it: an edit ends the comparison as it was.
  useEditorPart(editor, (snapshot) => snapshot.revision);
  const { compared } = on;
  if (!compared) return null;
  const { tracks } = compared;
  const restore = () => {
    const { state } = editor.document;
    // All labels of all frames, told in numbers before: no frame must be seen for it.
    editor.take(replaceLabels(state, compared.rows, words.restored(compared.number)));
    on.compare(null);
    on.say({ title: words.restoredNotice(compared.number), text: words.restoredAbout, isGood: true });
  };
  const counts = [
    ['comesBack', compared.comesBack.length + tracks.comesBack, isTest ? words.onlyYours : words.comesBack],
    ['goes', compared.goes.length + tracks.goes, isTest ? words.approved : words.goes],
    ['changes', compared.changes.length + tracks.changes, words.changes],
  ] as const;
  return (
    <Stack gap={6} px={10} py={8}>
      {isSameAsNow(compared) ? (
        <Text size="xs">{words.sameAsNow}</Text>
      ) : (
        <>
          <Text size="xs" c="dimmed">
            {isTest ? words.testAbout : words.compareAbout}
          </Text>
          <div className={css.legend}>
            {counts.map(([kind, n, say]) =>
              n > 0 ? (
                <span key={kind} className={css.key}>
                  <span className={css.swatch} data-kind={kind} aria-hidden />
                  {say(n)}
                </span>
              ) : null,
            )}
          </div>
          {compared.tags && <Text size="xs">{words.tagsDiffer([...compared.tags])}</Text>}
          {compared.leftOut > 0 && <Text size="xs">{words.unknownLabels(compared.leftOut)}</Text>}
        </>
      )}
      <Group gap="xs">
        {session.isEditable && !isSameAsNow(compared) && (
          <Button size="compact-sm" onClick={restore}>
            {words.restore}
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={() => on.compare(null)}>
          {words.stopComparing}
        </Button>
      </Group>
    </Stack>
  );
}
