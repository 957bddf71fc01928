/** How pictures are chosen to be labelled: the strategy, limits, quotas and budgets of a batch. */
import { Card, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { Quotas } from '@/features/projects/settings/quotas';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useProjectSave } from '@/features/projects/settings/use-project-save';
import { selectionWords as words } from '@/features/projects/strings';
import { ButtonLink } from '@/components/links';
import { Section } from '@/components/page';
import { useSites } from '@/hooks/use-sites';
import { paths } from '@/lib/paths';
import { strategies, STRATEGY_ABOUT, type Strategy } from '@/lib/selection-words';
import type { Project, ProjectSettings } from '@/types/api';

type Limit =
  'batch_size' | 'cap_per_camera' | 'cap_per_clip' | 'min_gap_s' | 'budget_boxes' | 'budget_minutes';

export function SelectionSettings({ project, readOnly }: { project: Project; readOnly: boolean }) {
  const [changes, setChanges] = useState<Partial<ProjectSettings>>({});
  const save = useProjectSave(project, words.saved, () => setChanges({}));
  const sites = useSites().data ?? [];
  const settings: ProjectSettings = { ...project.settings, ...changes };
  const set = (part: Partial<ProjectSettings>) => setChanges({ ...changes, ...part });
  const isChanged = JSON.stringify(settings) !== JSON.stringify(project.settings);
  const strategy = settings.strategy ?? 'hybrid';
  const number = (key: Limit, label: string, description: string, max: number, min = 0) => (
    <NumberInput
      label={label}
      description={description}
      placeholder={words.noLimit}
      min={min}
      max={max}
      disabled={readOnly}
      value={settings[key] || ''}
      onChange={(value) => set({ [key]: Number(value) || min })}
    />
  );
  return (
    <Stack gap="lg" maw={640}>
      <Section
        title={words.title}
        actions={
          <ButtonLink to={paths.learning(project.id)} size="xs" variant="default">
            {words.toBatches}
          </ButtonLink>
        }
      >
        <Card>
          <Stack gap="md">
            <Select
              label={words.strategy}
              description={STRATEGY_ABOUT[strategy]}
              data={strategies}
              allowDeselect={false}
              disabled={readOnly}
              value={strategy}
              onChange={(value) => value && set({ strategy: value as Strategy })}
            />
            <Group grow align="flex-end">
              {number('batch_size', words.batch, words.batchAbout, 5000, 1)}
              <NumberInput
                label={words.random}
                description={words.randomAbout}
                min={5}
                max={100}
                disabled={readOnly}
                value={Math.round((settings.random_fraction ?? 0.18) * 100)}
                onChange={(value) => set({ random_fraction: (Number(value) || 5) / 100 })}
              />
            </Group>
          </Stack>
        </Card>
      </Section>
      <Section title={words.limits} about={words.limitsAbout}>
        <Card>
          <Stack gap="md">
            <Group grow align="flex-end">
              {number('cap_per_camera', words.perCamera, words.perCameraAbout, 5000)}
              {number('cap_per_clip', words.perClip, words.perClipAbout, 5000)}
              {number('min_gap_s', words.gap, words.gapAbout, 86_400)}
            </Group>
            <Group grow align="flex-end">
              {number('budget_boxes', words.boxes, words.boxesAbout, 1_000_000)}
              {number('budget_minutes', words.minutes, words.minutesAbout, 100_000)}
            </Group>
          </Stack>
        </Card>
      </Section>
      <Section title={words.quotas} about={words.quotasAbout}>
        <Card>
          <Stack gap="md">
            <Quotas
              title={words.byLabel}
              unit={words.objects}
              rows={project.ontology.labels}
              readOnly={readOnly}
              value={settings.label_quotas ?? {}}
              onChange={(label_quotas) => set({ label_quotas })}
            />
            {sites.length > 0 && (
              <Quotas
                title={words.bySite}
                unit={words.pictures}
                rows={sites}
                readOnly={readOnly}
                value={settings.site_quotas ?? {}}
                onChange={(site_quotas) => set({ site_quotas })}
              />
            )}
            <Text size="xs" c="dimmed">
              {words.quotasNote}
            </Text>
          </Stack>
        </Card>
      </Section>
      <SaveButton
        hidden={readOnly}
        disabled={!isChanged}
        loading={save.isPending}
        onClick={() => save.mutate({ settings: changes })}
      />
    </Stack>
  );
}
