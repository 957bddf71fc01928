import { Card, Group, NumberInput, Stack, Switch } from '@mantine/core';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useSettingsForm } from '@/features/projects/settings/use-settings-form';
import { videoWords as words } from '@/features/projects/strings';
import { Section } from '@/components/page';
import type { Project } from '@/types/api';

type Props = { project: Project; readOnly: boolean };

const USUAL = { part_frames: 9_000, part_overlap: 50 };

/** From which length on a video that comes in becomes several tasks. */
export function VideoSettings({ project, readOnly }: Props) {
  const { settings, set, saving } = useSettingsForm(project);
  const { part_frames = USUAL.part_frames, part_overlap = USUAL.part_overlap } = settings;
  return (
    <Section title={words.title} about={words.about}>
      <Card>
        <Stack gap="md">
          <Switch
            label={words.split}
            description={words.splitAbout}
            disabled={readOnly}
            checked={part_frames > 0}
            onChange={(event) => set(event.currentTarget.checked ? USUAL : { part_frames: 0 })}
          />
          {part_frames > 0 && (
            <Group grow align="flex-start">
              <NumberInput
                label={words.frames}
                description={words.framesAbout}
                min={40}
                max={500_000}
                allowDecimal={false}
                thousandSeparator=","
                disabled={readOnly}
                value={part_frames}
                onChange={(value) => set({ part_frames: Number(value) || USUAL.part_frames })}
              />
              <NumberInput
                label={words.overlap}
                description={words.overlapAbout}
                min={2}
                max={Math.floor(part_frames / 4)}
                allowDecimal={false}
                thousandSeparator=","
                disabled={readOnly}
                value={part_overlap}
                onChange={(value) => set({ part_overlap: Number(value) || USUAL.part_overlap })}
              />
            </Group>
          )}
          <SaveButton hidden={readOnly} {...saving} />
        </Stack>
      </Card>
    </Section>
  );
}
