import { Button, Card, Group, SimpleGrid, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';

import css from '@/features/projects/projects.module.css';
import { useProjectSave } from '@/features/projects/settings/use-project-save';
import { Markdown } from '@/components/markdown';
import type { Project } from '@/types/api';

const ABOUT =
  'Shown beside every picture that is labelled. Write # for a heading, - for a list, **bold**, [words](address).';

/** Text on the left, what people will read on the right. */
export function GuidelinesEditor({ project, readOnly }: { project: Project; readOnly: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? project.guidelines;
  const save = useProjectSave(project, 'Guidelines saved', () => setDraft(null));
  const isChanged = text !== project.guidelines;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {ABOUT}
      </Text>
      <SimpleGrid cols={readOnly ? 1 : 2}>
        {!readOnly && (
          <Textarea
            aria-label="Guidelines"
            value={text}
            onChange={(event) => setDraft(event.currentTarget.value)}
            autosize
            minRows={16}
            maxRows={30}
            maxLength={100_000}
            placeholder={'## What counts\n\n- every person on the floor, also when half hidden'}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
        )}
        <Card mih={120}>
          {text.trim() ? (
            <Markdown text={text} className={css.prose} />
          ) : (
            <Text size="sm" c="dimmed">
              Nothing written yet.
            </Text>
          )}
        </Card>
      </SimpleGrid>
      {!readOnly && (
        <Group>
          <Button
            onClick={() => save.mutate({ guidelines: text })}
            loading={save.isPending}
            disabled={!isChanged}
          >
            Save guidelines
          </Button>
          {isChanged && (
            <Button variant="subtle" color="gray" onClick={() => setDraft(null)}>
              Discard changes
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
