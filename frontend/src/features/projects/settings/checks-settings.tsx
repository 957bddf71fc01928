import { Card, Group, MultiSelect, NumberInput, Stack, Switch } from '@mantine/core';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useSettingsForm } from '@/features/projects/settings/use-settings-form';
import { checksWords as words } from '@/features/projects/strings';
import { Section } from '@/components/page';
import type { Project } from '@/types/api';

type Props = { project: Project; readOnly: boolean };

/** What every submitted picture is checked for, and how large pictures may be. */
export function ChecksSettings({ project, readOnly }: Props) {
  const { settings, set, saving } = useSettingsForm(project);
  const { labels } = project.ontology;
  const needed = settings.needed_labels ?? [];
  const known = needed.filter((id) => labels.some((label) => label.id === id));
  const gone = needed.length - known.length;
  return (
    <Section title={words.title} about={words.about}>
      <Card>
        <Stack gap="md">
          <Group grow align="flex-start">
            <NumberInput
              label={words.minSize}
              description={words.minSizeAbout}
              min={0}
              max={1000}
              disabled={readOnly}
              value={settings.min_box_px ?? 3}
              onChange={(value) => set({ min_box_px: Number(value) || 0 })}
            />
            <NumberInput
              label={words.overlap}
              description={words.overlapAbout}
              min={10}
              max={100}
              disabled={readOnly}
              value={Math.round((settings.max_overlap_iou ?? 1) * 100)}
              onChange={(value) => set({ max_overlap_iou: Math.max(10, Number(value) || 100) / 100 })}
            />
          </Group>
          <MultiSelect
            label={words.needed}
            description={words.neededAbout}
            placeholder={known.length === 0 ? words.neededNone : undefined}
            error={gone > 0 && words.unknownLabels(gone)}
            searchable
            clearable
            disabled={readOnly}
            maxValues={50}
            data={labels.map((label) => ({ value: label.id, label: label.name }))}
            value={known}
            onChange={(needed_labels) => set({ needed_labels })}
          />
          <Switch
            label={words.empty}
            description={words.emptyAbout}
            disabled={readOnly}
            checked={settings.confirm_empty ?? false}
            onChange={(event) => set({ confirm_empty: event.currentTarget.checked })}
          />
          <Switch
            label={words.large}
            description={words.largeAbout}
            disabled={readOnly}
            checked={settings.large_pictures ?? false}
            onChange={(event) => set({ large_pictures: event.currentTarget.checked })}
          />
          <SaveButton hidden={readOnly} {...saving} />
        </Stack>
      </Card>
    </Section>
  );
}
