/** The tasks of a long video, each with its state; and making them, as long as nobody has begun. */
import { Alert, Badge, Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import { tasksOf, videoPartsSet, type AssetRow } from '@/features/data/api';
import { partWords as words, STATE_COLORS, STATE_WORDS } from '@/features/data/strings';
import { TextLink } from '@/components/links';
import { useAction } from '@/hooks/use-action';
import { useMay, useProject } from '@/hooks/use-project';
import { paths } from '@/lib/paths';
import { PART_FRAMES_MIN, PART_OVERLAP_SHARE, partFrames, partName } from '@/lib/video-part';

type Props = { projectId: string; row: AssetRow };
type Task = NonNullable<AssetRow['task']>;

export function VideoParts({ projectId, row }: Props) {
  const mayManage = useMay(projectId, 'manager');
  const [isOpen, setOpen] = useState(false);
  const { task } = row;
  if (!task) return null;
  const isUntouched = tasksOf(row).every(({ state }) => state === 'ready');
  const isLong = (row.frame_count ?? 0) > PART_FRAMES_MIN;
  return (
    <Stack gap={6} align="flex-start">
      {task.parts.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.one}
        </Text>
      )}
      {task.parts.map(({ id, part, state, assigned_to_name }) => (
        <Group key={id} gap="xs" wrap="nowrap" justify="space-between" w="100%">
          <div>
            <TextLink to={paths.annotate(projectId, id)} size="sm">
              {partName(part)}
            </TextLink>
            <Text size="xs" c="dimmed">
              {partFrames(part)}
              {assigned_to_name && `, ${assigned_to_name}`}
            </Text>
          </div>
          <Badge variant="light" color={STATE_COLORS[state]} tt="none" fw={500} flex="none">
            {STATE_WORDS[state]}
          </Badge>
        </Group>
      ))}
      {task.parts.length > 0 && (
        <TextLink to={paths.seams(projectId, row.id)} size="sm">
          {words.seams}
        </TextLink>
      )}
      {mayManage && isUntouched && isLong && (
        <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
          {task.parts.length > 0 ? words.change : words.split}
        </Button>
      )}
      {isOpen && <PartsDialog projectId={projectId} row={row} task={task} onClose={() => setOpen(false)} />}
    </Stack>
  );
}

/** What becomes of whose the parts are; nothing where they are nobody's. */
function givenTo(task: Task): string {
  const rows = task.parts.length > 0 ? task.parts : [task];
  // Two people may have one name.
  if (new Set(rows.map((each) => each.assigned_to_id)).size > 1) return words.staysOfSome;
  const name = rows[0]?.assigned_to_name;
  return name ? words.staysOf(name) : '';
}

function PartsDialog({ projectId, row, task, onClose }: Props & { task: Task; onClose: () => void }) {
  const settings = useProject(projectId).data?.settings;
  const total = row.frame_count ?? 0;
  const usual = settings?.part_frames || Math.ceil(total / 2);
  const [frames, setFrames] = useState<number | string>(
    Math.max(PART_FRAMES_MIN, Math.min(usual, Math.ceil(total / 2))),
  );
  const [overlap, setOverlap] = useState<number | string>(
    Math.min(settings?.part_overlap ?? 50, Math.floor(Number(frames) / PART_OVERLAP_SHARE)),
  );
  const set = useAction({
    run: (length: number) => videoPartsSet(projectId, row.id, length, Number(overlap)),
    makesOld: [['assets', projectId]],
    done: (tasks) => (tasks.length > 1 ? words.done(tasks.length) : words.joined),
    onDone: onClose,
    errors: 'inline',
  });
  return (
    <Modal opened onClose={onClose} title={words.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate(Number(frames));
        }}
      >
        <Stack>
          <Text size="sm">
            {words.about} {givenTo(task)}
          </Text>
          {set.error && (
            <Alert color="red" variant="light" role="alert">
              {set.error.message}
            </Alert>
          )}
          <Group grow align="flex-start">
            <NumberInput
              label={words.frames}
              description={words.framesAbout(total)}
              min={PART_FRAMES_MIN}
              allowDecimal={false}
              thousandSeparator=","
              error={set.error?.fields?.frames}
              value={frames}
              onChange={setFrames}
            />
            <NumberInput
              label={words.overlap}
              description={words.overlapAbout}
              min={2}
              allowDecimal={false}
              thousandSeparator=","
              error={set.error?.fields?.overlap}
              value={overlap}
              onChange={setOverlap}
            />
          </Group>
          <Group justify="flex-end" gap="xs">
            {task.parts.length > 0 && (
              <Button variant="default" loading={set.isPending} onClick={() => set.mutate(0)}>
                {words.join}
              </Button>
            )}
            {/* An emptied field is no 0, which would make it one task again. */}
            <Button type="submit" loading={set.isPending} disabled={!Number(frames)}>
              {words.verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
