import { Alert, Box, Button, Card, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';

import { addLabel, changeLabel, moveLabel, removeLabel } from '@/features/projects/ontology/draft';
import { InUseDialog } from '@/features/projects/ontology/in-use-dialog';
import { LabelRow } from '@/features/projects/ontology/label-row';
import css from '@/features/projects/ontology/ontology.module.css';
import { useOntologyDraft } from '@/features/projects/ontology/use-ontology-draft';
import { ontologyWords as words } from '@/features/projects/strings';
import type { Project } from '@/types/api';

export function OntologyEditor({ project, readOnly }: { project: Project; readOnly: boolean }) {
  const draft = useOntologyDraft(project);
  const { labels, problems, setLabels } = draft;
  return (
    <Stack gap="sm" maw={1120}>
      <Text size="sm" c="dimmed">
        {readOnly ? words.readOnly : words.about}
      </Text>
      {draft.isStale && <StaleAlert onTheirs={draft.takeTheirs} onMine={() => void draft.saveOverTheirs()} />}
      {problems.labels && (
        <Alert color="red" variant="light" role="alert" py="xs">
          {problems.labels}
        </Alert>
      )}
      <Card padding={0}>
        <div className={css.head} aria-hidden>
          <span />
          <span>Colour</span>
          <span>Name</span>
          <span>Key</span>
          <span>Shapes</span>
          <span>Details</span>
          <span />
        </div>
        {labels.map((label, index) => (
          <LabelRow
            key={label.id}
            label={label}
            savedPoints={draft.savedPoints.get(label.id) ?? 0}
            problems={problems}
            readOnly={readOnly}
            isFirst={index === 0}
            isLast={index === labels.length - 1}
            onChange={(change) => setLabels(changeLabel(labels, label.id, change))}
            onMove={(by) => setLabels(moveLabel(labels, label.id, by))}
            onRemove={() => setLabels(removeLabel(labels, label.id))}
          />
        ))}
        {!readOnly && (
          <Box p="xs">
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={16} />}
              onClick={() => setLabels(addLabel(labels))}
            >
              {words.add}
            </Button>
          </Box>
        )}
      </Card>
      {!readOnly && (
        <Group className={css.saveBar}>
          <Button
            onClick={() => void draft.save({})}
            loading={draft.isSaving}
            disabled={!draft.isChanged || draft.isBlocked}
          >
            {words.save}
          </Button>
          {draft.isChanged && (
            <>
              <Button variant="subtle" color="gray" onClick={draft.discard}>
                {words.discard}
              </Button>
              <Text size="sm" c="dimmed">
                {words.unsaved}
              </Text>
            </>
          )}
        </Group>
      )}
      <InUseDialog
        removed={draft.inUse}
        labels={labels}
        onCancel={draft.cancelInUse}
        onChoose={(map) => void draft.save(map)}
      />
    </Stack>
  );
}

function StaleAlert({ onTheirs, onMine }: { onTheirs: () => void; onMine: () => void }) {
  return (
    <Alert color="yellow" title={words.staleTitle}>
      <Stack gap="xs">
        <Text size="sm">{words.stale}</Text>
        <Group>
          <Button size="compact-sm" variant="default" onClick={onTheirs}>
            {words.takeTheirs}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onMine}>
            {words.keepMine}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
