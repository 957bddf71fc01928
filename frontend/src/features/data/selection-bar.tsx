import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff, IconRulerMeasure, IconUserPlus, IconUsers, IconX } from '@tabler/icons-react';

import { assetsInclude, tasksOf, truthMark, type AssetRow } from '@/features/data/api';
import css from '@/features/data/data.module.css';
import { dataWords as words } from '@/features/data/strings';
import type { DialogName } from '@/features/data/toolbar';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';
import { plural } from '@/lib/numbers';

type Props = {
  projectId: string;
  chosen: AssetRow[];
  shownCount: number;
  onDialog: (dialog: DialogName) => void;
  onAll: () => void;
  onNone: () => void;
};

/** What can be done with the chosen pictures; there only while some are. */
export function SelectionBar({ projectId, chosen, shownCount, onDialog, onAll, onNone }: Props) {
  const isReviewer = useMay(projectId, 'reviewer');
  const isManager = useMay(projectId, 'manager');
  const aside = chosen.filter(({ excluded_at }) => excluded_at !== null);
  const include = useAction({
    run: () =>
      assetsInclude(
        projectId,
        aside.map(({ id }) => id),
      ),
    makesOld: [['assets', projectId]],
    done: ({ changed }) => `${plural(changed, 'picture')} brought back`,
    onDone: onNone,
  });
  const approved = chosen
    .flatMap(tasksOf)
    .filter(({ state }) => state === 'approved')
    .map(({ id }) => id);
  const truth = useAction({
    run: () => truthMark(projectId, approved),
    makesOld: [['truth', projectId]],
    done: ({ marked, refused }) => words.truthDone(marked, refused.length),
    onDone: onNone,
  });
  if (chosen.length === 0) return null;
  return (
    <Group className={css.selection} gap="xs" wrap="nowrap" role="toolbar" aria-label="Chosen pictures">
      <Tooltip label={words.unchoose}>
        <ActionIcon aria-label={words.unchoose} onClick={onNone}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
      <Text size="sm" fw={600} flex="none">
        {plural(chosen.length, 'picture')} chosen
      </Text>
      {chosen.length < shownCount && (
        <Button size="compact-sm" variant="subtle" onClick={onAll}>
          {words.chooseAll} ({shownCount})
        </Button>
      )}
      <div className={css.spring} />
      {isReviewer && approved.length > 0 && (
        <Tooltip label={words.truthAbout} multiline w={260}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRulerMeasure size={15} stroke={1.6} />}
            loading={truth.isPending}
            onClick={() => truth.mutate()}
          >
            {words.truth} ({approved.length})
          </Button>
        </Tooltip>
      )}
      {isManager && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconUserPlus size={15} stroke={1.6} />}
          onClick={() => onDialog('assign')}
        >
          {words.assign}…
        </Button>
      )}
      {isManager && (
        <Tooltip label={words.severalAbout} multiline w={260}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUsers size={15} stroke={1.6} />}
            onClick={() => onDialog('people')}
          >
            {words.several}…
          </Button>
        </Tooltip>
      )}
      {isReviewer && aside.length > 0 && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconEye size={15} stroke={1.6} />}
          loading={include.isPending}
          onClick={() => include.mutate()}
        >
          {words.bringBack} ({aside.length})
        </Button>
      )}
      {isReviewer && aside.length < chosen.length && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconEyeOff size={15} stroke={1.6} />}
          onClick={() => onDialog('aside')}
        >
          {words.setAside}…
        </Button>
      )}
    </Group>
  );
}
