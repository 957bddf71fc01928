import { Card, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { BELOW, PercentField } from '@/features/projects/settings/percent-field';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useSettingsForm } from '@/features/projects/settings/use-settings-form';
import { qualityWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { paths } from '@/lib/paths';
import type { Project } from '@/types/api';

type Props = { project: Project; readOnly: boolean };

/** Hidden tasks on ground truth: how many, what people hear of them, and when somebody pauses. */
export function QualitySettings({ project, readOnly }: Props) {
  const { settings, set, saving } = useSettingsForm(project);
  return (
    <Section
      title={words.title}
      about={
        <TextLink to={paths.quality(project.id)} search={{ tab: 'truth' }} size="sm">
          {words.which}
        </TextLink>
      }
    >
      <Card>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <PercentField
              label={words.share}
              description={words.shareAbout}
              disabled={readOnly}
              share={settings.truth_share}
              onShare={(truth_share) => set({ truth_share })}
            />
            <PercentField
              label={words.below}
              description={words.belowAbout}
              max={99}
              disabled={readOnly}
              share={settings.pause_below}
              onShare={(pause_below) => set({ pause_below })}
            />
            <NumberInput
              label={words.over}
              description={words.overAbout}
              inputWrapperOrder={BELOW}
              min={3}
              max={100}
              allowDecimal={false}
              disabled={readOnly || (settings.pause_below ?? 0) === 0}
              value={settings.pause_over ?? 5}
              onChange={(value) => set({ pause_over: Math.max(3, Number(value) || 3) })}
            />
          </SimpleGrid>
          <Switch
            label={words.feedback}
            description={words.feedbackAbout}
            disabled={readOnly}
            checked={settings.truth_feedback ?? false}
            onChange={(event) => set({ truth_feedback: event.currentTarget.checked })}
          />
          <Switch
            label={words.retry}
            description={words.retryAbout}
            disabled={readOnly || (settings.pause_below ?? 0) === 0}
            checked={settings.pause_retry ?? true}
            onChange={(event) => set({ pause_retry: event.currentTarget.checked })}
          />
          <SaveButton hidden={readOnly} {...saving} />
        </Stack>
      </Card>
    </Section>
  );
}
