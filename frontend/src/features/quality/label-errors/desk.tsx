import { Button, Group, Kbd, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { LabelChip } from '@/components/label-chip';
import { ButtonLink } from '@/components/links';
import { useAction } from '@/hooks/use-action';
import { useKeys } from '@/hooks/use-keys';
import { paths } from '@/lib/paths';
import { loadPicture, PictureCache } from '@/lib/pictures';
import type { Project } from '@/types/api';

import { findingsKey, undo, type Finding } from './api';
import { FindingCrop } from './finding-crop';
import { FindingList } from './finding-list';
import css from './label-errors.module.css';
import { labelErrorWords as words } from './strings';
import type { Desk as DeskOf } from './use-desk';

const PICTURES_KEPT = 12;
/** Pictures of so many findings ahead are fetched before one is there. */
const AHEAD = 2;
const NO_COLOR = '#adb5bd';

type Props = { project: Project; desk: DeskOf };

/** One finding at a time, large, with the keys that decide it; the ranking beside it. */
export function Desk({ project, desk }: Props) {
  const { findings, at, here, isLow, more } = desk;
  const navigate = useNavigate();
  const [pictures] = useState(() => new PictureCache(PICTURES_KEPT, loadPicture, false));
  const labels = new Map(project.ontology.labels.map((label) => [label.id, label]));
  const nameOf = (id: string) => labels.get(id)?.name ?? words.gone;
  const named = (id: string) => ({ name: nameOf(id), color: labels.get(id)?.color ?? NO_COLOR });
  const isOpen = here?.state === 'open';

  useEffect(() => () => pictures.clear(), [pictures]);
  useEffect(() => {
    if (isLow) more();
  }, [isLow, more]);
  useEffect(() => {
    for (const next of findings.slice(at + 1, at + 1 + AHEAD)) {
      // Told when one is there.
      pictures.get(next.asset.image_url).catch(() => undefined);
    }
  }, [findings, at, pictures]);

  useKeys({
    F: isOpen ? (isRepeat) => !isRepeat && void desk.say('fix') : undefined,
    Enter: isOpen ? (isRepeat) => !isRepeat && void desk.say('fix') : undefined,
    A: isOpen ? (isRepeat) => !isRepeat && void desk.say('fine') : undefined,
    O: here ? () => void navigate({ to: paths.annotate(project.id, here.task_id) }) : undefined,
    J: () => desk.go(1),
    K: () => desk.go(-1),
  });

  if (!here) return null;
  const label = named(here.label_id);
  const proposed = named(here.proposed_label_id);
  return (
    <div className={css.desk}>
      <section className={css.main} aria-label={words.kinds[here.kind]}>
        <FindingCrop
          finding={here}
          label={label}
          proposed={proposed}
          pictures={pictures}
          says={words.says(here.kind, label.name, proposed.name)}
        />
        <div>
          <Text fw={600}>{words.says(here.kind, label.name, proposed.name)}</Text>
          <Group gap="xs" mt={4}>
            {here.region_id !== null && (
              <Group gap={4} wrap="nowrap">
                <Text size="xs" c="dimmed">
                  {words.labelled}
                </Text>
                <LabelChip {...label} />
              </Group>
            )}
            <Group gap={4} wrap="nowrap">
              <Text size="xs" c="dimmed">
                {words.proposed}
              </Text>
              <LabelChip {...proposed} />
            </Group>
            <Text size="xs" c="dimmed">
              {here.asset.name} · {words.probability(here)} · {words.sure(here)}
            </Text>
          </Group>
        </div>
        <Group gap="xs">
          {isOpen ? (
            <>
              <Button
                onClick={() => void desk.say('fix')}
                rightSection={<Kbd size="xs">F</Kbd>}
                title={words.willFix(here.kind, label.name, proposed.name)}
              >
                {words.fix}
              </Button>
              <Button
                variant="default"
                onClick={() => void desk.say('fine')}
                rightSection={<Kbd size="xs">A</Kbd>}
              >
                {words.fine}
              </Button>
            </>
          ) : (
            <Decided project={project} finding={here} />
          )}
          <ButtonLink
            variant="default"
            to={paths.annotate(project.id, here.task_id)}
            rightSection={<Kbd size="xs">O</Kbd>}
          >
            {words.open}
          </ButtonLink>
        </Group>
        {isOpen && (
          <Text size="sm" c="dimmed">
            {words.willFix(here.kind, label.name, proposed.name)}
          </Text>
        )}
      </section>
      <FindingList
        findings={findings}
        at={at}
        nameOf={nameOf}
        onGo={desk.goTo}
        more={desk.hasMore ? more : undefined}
      />
    </div>
  );
}

/** What became of it, and the way back. */
function Decided({ project, finding }: { project: Project; finding: Finding }) {
  const takeBack = useAction({
    run: () => undo(finding),
    makesOld: [findingsKey(project.id)],
  });
  if (finding.state === 'stale') {
    return (
      <Text size="sm" c="dimmed">
        {words.stale}
      </Text>
    );
  }
  return (
    <>
      <Text size="sm">
        {words.states[finding.state]} {words.decidedBy(finding.decided_by)}
      </Text>
      <Button variant="default" loading={takeBack.isPending} onClick={() => takeBack.mutate()}>
        {words.takeBack}
      </Button>
    </>
  );
}
