import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconEyeExclamation } from '@tabler/icons-react';

import { feedMissed, type Feed } from '@/features/live/api';
import { cameraWords as words } from '@/features/live/camera/strings';
import type { WallStream } from '@/features/live/frames';
import css from '@/features/live/live.module.css';
import { useAction } from '@/hooks/use-action';
import { useMay } from '@/hooks/use-project';

type Props = { feed: Feed; wall: WallStream; isIcon?: boolean };

/** One click makes a task of the picture that is on the screen at that moment. */
export function MissedButton({ feed, wall, isIcon = false }: Props) {
  const mayLabel = useMay(feed.project_id, 'annotator');
  const missed = useAction({
    run: () => feedMissed(feed.id, wall.shownTime(feed.id)),
    makesOld: [
      ['feed-captures', feed.id],
      ['feed-events', feed.id],
      ['overview', feed.project_id],
    ],
    done: words.missedDone,
  });
  if (!mayLabel || feed.state !== 'online' || feed.settings.process_only) return null;
  const press = () => missed.mutate();
  if (!isIcon)
    return (
      <Button
        size="xs"
        variant="light"
        flex="none"
        leftSection={<IconEyeExclamation size={16} />}
        loading={missed.isPending}
        onClick={press}
      >
        {words.missed}
      </Button>
    );
  return (
    <Tooltip label={words.missed}>
      <ActionIcon
        className={css.onPicture}
        aria-label={`${words.missed}: ${feed.name}`}
        loading={missed.isPending}
        onClick={press}
      >
        <IconEyeExclamation size={15} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
