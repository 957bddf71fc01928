/** The loop as one line of steps with counts, each leading to what it counts. */
import { Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconChevronRight } from '@tabler/icons-react';

import css from '@/components/loop-strip.module.css';
import { PlainLink } from '@/components/links';
import { count, NONE, score } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import type { Overview } from '@/types/api';

type Step = { key: string; name: string; value: string; to: string; note?: string };

/** The steps of one project, in the loop's order. Pure, so that its words and addresses can be tested. */
export function loopSteps(projectId: string, at: Overview): Step[] {
  const data = (state: string) => `${paths.data(projectId)}?state=${state}`;
  return [
    {
      key: 'pictures',
      name: 'pictures',
      value: count(at.assets),
      to: paths.data(projectId),
      note: at.pending
        ? `${count(at.pending)} coming in`
        : at.refused
          ? `${count(at.refused)} refused`
          : undefined,
    },
    {
      key: 'suggested',
      name: 'suggested',
      value: count(at.suggested),
      to: `${paths.data(projectId)}?order=score`,
    },
    {
      key: 'labelled',
      name: 'labelled',
      value: count(at.labelled),
      to: data('in_review'),
      note: at.in_review ? `${count(at.in_review)} to review` : undefined,
    },
    { key: 'approved', name: 'approved', value: count(at.approved), to: data('approved') },
    {
      key: 'dataset',
      name: 'dataset',
      value: at.dataset_version ? `v${at.dataset_version.number}` : NONE,
      to: paths.datasets(projectId),
    },
    {
      key: 'model',
      name: 'model',
      value: at.production_model ? `no. ${at.production_model.number}` : NONE,
      to: paths.models(projectId),
      note: modelNote(at),
    },
    {
      key: 'live',
      name: at.feeds_online === 1 ? 'feed live' : 'feeds live',
      value: count(at.feeds_online),
      to: paths.live(projectId),
      note: at.captures_24h ? `${count(at.captures_24h)} back today` : undefined,
    },
  ];
}

function modelNote({ production_model: model, candidate_model: candidate }: Overview): string | undefined {
  if (candidate) return `no. ${candidate.number} waits`;
  return model?.ap50 === null || model?.ap50 === undefined ? undefined : `AP50 ${score(model.ap50)}`;
}

/** The server names a few steps by the work to be done there. */
const STEP_OF_HINT: Record<string, string> = { review: 'labelled' };

export function LoopStrip({ projectId, overview }: { projectId: string; overview: Overview }) {
  const stuck = new Map(overview.stuck.map((each) => [STEP_OF_HINT[each.step] ?? each.step, each]));
  return (
    <ol className={css.strip}>
      {loopSteps(projectId, overview).map((step) => {
        const trouble = stuck.get(step.key);
        return (
          <li key={step.key} className={css.cell}>
            <IconChevronRight size={14} className={css.arrow} aria-hidden />
            <Tooltip label={trouble?.message} disabled={!trouble}>
              <PlainLink to={step.to} className={css.step} data-stuck={trouble ? true : undefined}>
                <span className={css.value} title={step.value}>
                  {trouble && <IconAlertTriangle size={14} aria-hidden />}
                  {step.value}
                </span>
                <span className={css.name}>{step.name}</span>
                <Text component="span" size="xs" className={css.note}>
                  {step.note ?? '\u00a0'}
                </Text>
              </PlainLink>
            </Tooltip>
          </li>
        );
      })}
    </ol>
  );
}
