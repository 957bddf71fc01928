/** Somebody is handed nothing new: why, the guideline, and the way on. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCoffee } from '@tabler/icons-react';

import { Markdown } from '@/components/markdown';
import { useAction } from '@/hooks/use-action';
import { useProject } from '@/hooks/use-project';

import { checksKey, personResume, usePersonChecks } from './api';
import { pauseWords as words } from './strings';

type Props = { projectId: string; userId: string; isMine: boolean };

export function PauseNote({ projectId, userId, isMine }: Props) {
  const { data } = usePersonChecks(projectId, userId, '30');
  const project = useProject(projectId).data;
  const [shown, { toggle }] = useDisclosure(false);
  const resume = useAction({
    run: () => personResume(projectId, userId),
    makesOld: [checksKey(projectId, userId)],
    done: words.done,
  });
  if (!data?.pause) return null;
  const { pictures, score, limit } = data.pause;
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconCoffee size={20} />}
      title={isMine ? words.yours : words.theirs}
    >
      <Stack gap="sm">
        <Text size="sm">
          {words.why(pictures, score, limit)} {isMine ? words.yoursKept : words.theirsKept}
        </Text>
        {shown &&
          (project?.guidelines ? (
            <Markdown text={project.guidelines} />
          ) : (
            <Text size="sm">{words.noGuideline}</Text>
          ))}
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={shown}>
            {shown ? words.hide : words.guideline}
          </Button>
          {data.may_resume ? (
            <Button size="xs" loading={resume.isPending} onClick={() => resume.mutate()}>
              {isMine ? words.goOn : words.letGoOn}
            </Button>
          ) : (
            <Text size="sm" c="dimmed">
              {words.ask}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
