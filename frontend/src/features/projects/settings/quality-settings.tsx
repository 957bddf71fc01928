import { Card, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useSettingsForm } from '@/features/projects/settings/use-settings-form';
import { qualityWords as words } from '@/features/projects/strings';
import { TextLink } from '@/components/links';
import { Section } from '@/components/page';
import { paths } from '@/lib/paths';
import type { Project } from '@/types/api';

type Props = { project: Project; readOnly: boolean };

/** Descriptions of unlike length side by side: below their fields, so that labels and fields stay in line. */
const BELOW: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

/** Hidden tasks on ground truth: how many, what people hear of them, and when somebody pauses. */
export function QualitySettings({ project, readOnly }: Props) {
  const { settings, set, saving } = useSettingsForm(project);
  const share = (value: number | undefined) => Math.round((value ?? 0) * 100);
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
            <NumberInput
              label={words.share}
              description={words.shareAbout}
              inputWrapperOrder={BELOW}
              min={0}
              max={100}
              allowDecimal={false}
              disabled={readOnly}
              value={share(settings.truth_share)}
              onChange={(value) => set({ truth_share: Math.min(100, Number(value) || 0) / 100 })}
            />
            <NumberInput
              label={words.below}
              description={words.belowAbout}
              inputWrapperOrder={BELOW}
              min={0}
              max={99}
              allowDecimal={false}
              disabled={readOnly}
              value={share(settings.pause_below)}
              onChange={(value) => set({ pause_below: Math.min(99, Number(value) || 0) / 100 })}
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
