import { Card, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';

import { ChecksSettings } from '@/features/projects/settings/checks-settings';
import { EndOfProject } from '@/features/projects/settings/end-of-project';
import { PercentField } from '@/features/projects/settings/percent-field';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useProjectSave } from '@/features/projects/settings/use-project-save';
import { VideoSettings } from '@/features/projects/settings/video-settings';
import { Section } from '@/components/page';
import { atLeast } from '@/lib/roles';
import type { Project, ProjectSettings } from '@/types/api';

export function GeneralSettings({ project }: { project: Project }) {
  const readOnly = !atLeast(project.my_role, 'manager');
  return (
    <Stack gap="lg" maw={640}>
      <Naming project={project} readOnly={readOnly} />
      <Work project={project} readOnly={readOnly} />
      <ChecksSettings project={project} readOnly={readOnly} />
      <VideoSettings project={project} readOnly={readOnly} />
      {!readOnly && <EndOfProject project={project} />}
    </Stack>
  );
}

type PartProps = { project: Project; readOnly: boolean };

function Naming({ project, readOnly }: PartProps) {
  const [changes, setChanges] = useState<{ name?: string; description?: string }>({});
  const { name, description } = { ...project, ...changes };
  const save = useProjectSave(project, 'Saved', () => setChanges({}));
  const isChanged = name !== project.name || description !== project.description;
  return (
    <Section title="Name">
      <Card>
        <Stack gap="sm">
          <TextInput
            label="Name"
            value={name}
            maxLength={120}
            disabled={readOnly}
            onChange={(event) => setChanges({ ...changes, name: event.currentTarget.value })}
          />
          <Textarea
            label="What it is for"
            value={description}
            maxLength={5000}
            disabled={readOnly}
            autosize
            minRows={2}
            onChange={(event) => setChanges({ ...changes, description: event.currentTarget.value })}
          />
          <SaveButton
            hidden={readOnly}
            disabled={!isChanged || !name.trim()}
            loading={save.isPending}
            onClick={() => save.mutate('name' in changes ? { ...changes, name: name.trim() } : changes)}
          />
        </Stack>
      </Card>
    </Section>
  );
}

function Work({ project, readOnly }: PartProps) {
  const [changes, setChanges] = useState<Partial<ProjectSettings>>({});
  const settings: ProjectSettings = { ...project.settings, ...changes };
  const save = useProjectSave(project, 'Saved', () => setChanges({}));
  const pause = useProjectSave(
    project,
    project.queue_paused_at ? 'The queue runs again' : 'The queue is paused',
  );
  const set = (part: Partial<ProjectSettings>) => setChanges({ ...changes, ...part });
  const isChanged = JSON.stringify(settings) !== JSON.stringify(project.settings);
  return (
    <Section title="How work is handed out">
      <Card>
        <Stack gap="md">
          <Switch
            label="Pause the queue"
            description="Nobody is handed new pictures; open ones can be finished."
            disabled={readOnly}
            checked={project.queue_paused_at !== null}
            onChange={(event) => pause.mutate({ queue_paused: event.currentTarget.checked })}
          />
          <Switch
            label="Models suggest labels for new pictures"
            disabled={readOnly}
            checked={settings.prelabel ?? true}
            onChange={(event) => set({ prelabel: event.currentTarget.checked })}
          />
          <Select
            label="Review"
            disabled={readOnly}
            allowDeselect={false}
            data={[
              { value: 'all', label: 'Everything submitted is reviewed' },
              { value: 'none', label: 'What is submitted counts as approved' },
            ]}
            value={settings.review ?? 'all'}
            onChange={(review) => set({ review: review === 'none' ? 'none' : 'all' })}
          />
          <Switch
            label="People may review their own work"
            disabled={readOnly || settings.review === 'none'}
            checked={settings.allow_self_review ?? false}
            onChange={(event) => set({ allow_self_review: event.currentTarget.checked })}
          />
          <PercentField
            label="Second look, %"
            description="Of what one reviewer approved, so much is looked at by another one too, drawn at random. It stays approved meanwhile. 0: none."
            disabled={readOnly || settings.review === 'none'}
            share={settings.second_share}
            onShare={(second_share) => set({ second_share })}
          />
          <SaveButton
            hidden={readOnly}
            disabled={!isChanged}
            loading={save.isPending}
            onClick={() => save.mutate({ settings: changes })}
          />
        </Stack>
      </Card>
    </Section>
  );
}
