import { Button, Select, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { useEffect, useState } from 'react';

import { useAction } from '@/hooks/use-action';
import { isLive, useJob } from '@/hooks/use-jobs';
import { useKeys } from '@/hooks/use-keys';
import { toastDone, toastError } from '@/lib/toast';

import { askOneMore, mergeAgain, takeAnswer } from './api';
import { countedOf, quorumsFor, type Answer, type Consensus } from './consensus';
import type { Case, ReviewDesk } from './desk';
import css from './review.module.css';
import { reviewWords as words } from './strings';

const CROWD = 'crowd';

type Props = {
  item: Case;
  consensus: Consensus;
  desk: ReviewDesk;
  /** The answer looked at, by its revision. */
  shown: string | null;
  onShow: (revisionId: string | null) => void;
};

/** Who labelled the picture and how each fits what was put together; doing that again, otherwise, or with one more. */
export function ConsensusSide({ item, consensus, desk, shown, onShow }: Props) {
  const taskId = item.task.id;
  const { answers } = consensus;
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId);
  const refresh = () => desk.refresh().catch((error: unknown) => toastError(error));
  const merge = useAction({
    run: (chosen: string) =>
      chosen === CROWD
        ? mergeAgain(taskId, CROWD, consensus.quorum, consensus.label_quorums)
        : mergeAgain(taskId, 'vote', Number(chosen), consensus.label_quorums),
    onDone: ({ id }) => setJobId(id),
  });
  const take = useAction({
    run: (revisionId: string) => takeAnswer(taskId, revisionId),
    done: words.taken,
    onDone: () => {
      onShow(null);
      void refresh();
    },
  });
  const ask = useAction({
    run: () => askOneMore(taskId),
    onDone: () => {
      toastDone(words.asked);
      void desk.advance();
    },
  });

  const ended = job.data && !isLive(job.data) ? job.data : null;
  const endedId = ended?.id;
  const failed = ended && ended.state !== 'succeeded' ? ended.error || words.mergeFailed : null;
  useEffect(() => {
    if (!endedId) return;
    if (failed !== null) toastError(new Error(failed), words.mergeFailed);
    else void desk.refresh().catch((error: unknown) => toastError(error));
  }, [endedId, failed, desk]);
  useKeys(
    Object.fromEntries(
      answers
        .slice(0, 9)
        .map(({ revision_id: id }, index) => [String(index + 1), () => onShow(shown === id ? null : id)]),
    ),
  );

  const isBusy = merge.isPending || (jobId !== null && ended === null);
  const quorums = quorumsFor(answers.length || consensus.people);
  const counted = countedOf(answers, nameOf);
  const isWeighed = consensus.method === CROWD;
  const chosen = quorums.find(({ value }) => Math.abs(value - consensus.quorum) < 1e-6);
  return (
    <div className={css.block}>
      <Text size="sm" fw={600}>
        {words.people(consensus.people)}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {consensus.is_chosen ? words.chosen : words.peopleAbout}
      </Text>
      {answers.map((answer, index) => (
        <Person
          key={answer.revision_id}
          answer={answer}
          index={index}
          isShown={shown === answer.revision_id}
          onPress={() => onShow(shown === answer.revision_id ? null : answer.revision_id)}
        />
      ))}
      {counted && (
        <Text size="xs" mt={6}>
          {counted} {words.countedAbout}
        </Text>
      )}
      {shown !== null && (
        <Button
          size="compact-sm"
          variant="light"
          fullWidth
          mt={6}
          loading={take.isPending}
          onClick={() => take.mutate(shown)}
        >
          {words.take}
        </Button>
      )}
      {shown !== null && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.takeAbout}
        </Text>
      )}
      {consensus.merge?.note && (
        <Text size="xs" mt={6}>
          {consensus.merge.note}
        </Text>
      )}
      {consensus.failure && !isBusy && (
        <Text size="xs" mt={6}>
          {words.mergeFailedBefore(consensus.failure)}
        </Text>
      )}
      <Select
        size="xs"
        mt={8}
        label={words.quorum}
        description={isBusy ? words.putting : isWeighed ? words.crowdAbout : undefined}
        allowDeselect={false}
        disabled={isBusy}
        placeholder={`${Math.round(consensus.quorum * 100)} % of them`}
        data={[
          ...quorums.map(({ value, name }) => ({ value: String(value), label: name })),
          { value: CROWD, label: words.crowd },
        ]}
        value={isWeighed ? CROWD : chosen ? String(chosen.value) : null}
        onChange={(value) => value !== null && merge.mutate(value)}
      />
      <Tooltip label={words.askMoreAbout} multiline w={230}>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          fullWidth
          mt={6}
          loading={ask.isPending}
          disabled={isBusy}
          onClick={() => ask.mutate()}
        >
          {words.askMore}
        </Button>
      </Tooltip>
    </div>
  );
}

const nameOf = (answer: Answer): string => answer.person?.name ?? words.formerPerson;

type PersonProps = { answer: Answer; index: number; isShown: boolean; onPress: () => void };

function Person({ answer, index, isShown, onPress }: PersonProps) {
  const { matched, missed, extra } = answer;
  const fits =
    matched === null || missed === null || extra === null
      ? words.cameLater
      : words.fits({ matched, missed, extra });
  return (
    <UnstyledButton
      className={css.person}
      aria-pressed={isShown}
      data-on={isShown || undefined}
      onClick={onPress}
    >
      <span className={css.faint}>{index + 1}</span>
      <span className={css.rowText}>{nameOf(answer)}</span>
      <span className={css.faint}>{fits}</span>
    </UnstyledButton>
  );
}
