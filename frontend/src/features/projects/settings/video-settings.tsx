import { Card, Group, NumberInput, Stack, Switch } from '@mantine/core';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useSettingsForm } from '@/features/projects/settings/use-settings-form';
import { videoWords as words } from '@/features/projects/strings';
import { Section } from '@/components/page';
import { PART_FRAMES_MIN, PART_OVERLAP_SHARE } from '@/lib/video-part';
import type { Project } from '@/types/api';

type Props = { project: Project; readOnly: boolean };

/** As the server says. */
const FRAMES_MAX = 500_000;
const OVERLAP_MIN = 2;
const USUAL = { part_frames: 9_000, part_overlap: 50 };

/** From which length on a video that comes in becomes several tasks. */
export function VideoSettings({ project, readOnly }: Props) {
  const { settings, set, saving } = useSettingsForm(project);
  const { part_frames = USUAL.part_frames, part_overlap = USUAL.part_overlap } = settings;
  const overlapMax = Math.floor(part_frames / PART_OVERLAP_SHARE);
  const isLength = part_frames >= PART_FRAMES_MIN && part_frames <= FRAMES_MAX;
  const isOverlap = part_overlap >= OVERLAP_MIN && part_overlap <= overlapMax;
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
                min={PART_FRAMES_MIN}
                max={FRAMES_MAX}
                error={!isLength && words.within(PART_FRAMES_MIN, FRAMES_MAX)}
                allowDecimal={false}
                thousandSeparator=","
                disabled={readOnly}
                value={part_frames}
                onChange={(value) => set({ part_frames: Number(value) || USUAL.part_frames })}
              />
              <NumberInput
                label={words.overlap}
                description={words.overlapAbout}
                min={OVERLAP_MIN}
                max={overlapMax}
                error={isLength && !isOverlap && words.within(OVERLAP_MIN, overlapMax)}
                allowDecimal={false}
                thousandSeparator=","
                disabled={readOnly}
                value={part_overlap}
                onChange={(value) => set({ part_overlap: Number(value) || USUAL.part_overlap })}
              />
            </Group>
          )}
          <SaveButton
            hidden={readOnly}
            {...saving}
            disabled={saving.disabled || (part_frames > 0 && !(isLength && isOverlap))}
          />
        </Stack>
      </Card>
    </Section>
  );
}
