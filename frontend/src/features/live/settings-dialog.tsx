import { Alert, Button, Group, Modal, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { feedDelete, feedUpdate, type Feed, type FeedSettings } from '@/features/live/api';
import { CaptureSettings } from '@/features/live/capture-settings';
import { FloorSettings } from '@/features/live/floor-settings';
import { ADDRESS_KINDS, liveWords as words, LIVE_KINDS } from '@/features/live/strings';
import { ConfirmButton } from '@/components/confirm-button';
import { useAction } from '@/hooks/use-action';
import { toApiError } from '@/lib/api-error';

type Settings = Required<FeedSettings>;
const DEFAULTS: Settings = {
  target_fps: 5,
  show_score: 0.35,
  capture_low: 0.15,
  capture_high: 0.45,
  capture_per_hour: 30,
  capture_random_per_hour: 6,
  capture_unsure_per_hour: 30,
  capture_rare_per_hour: 4,
  capture_disagreement_per_hour: 4,
  capture_motion_per_hour: 2,
  capture_gap_s: 2,
  loop: true,
  realtime: true,
  process_only: false,
  motion_gate: false,
  floor_label: 'person',
  limit_m: 2,
  show_circles: true,
  show_distances: true,
  show_speeds: true,
};
type NumberKey = {
  [K in keyof Settings]: Settings[K] extends number ? K : never;
}[keyof Settings];

/** How a feed is watched, and which of its pictures come back. */
export function SettingsDialog({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const [name, setName] = useState(feed.name);
  const [source, setSource] = useState('');
  const [changes, setChanges] = useState<Partial<Settings>>({});
  const settings: Settings = { ...DEFAULTS, ...feed.settings, ...changes };
  const cache = useQueryClient();
  const makesOld = [
    ['feeds', feed.project_id],
    ['overview', feed.project_id],
  ];
  const save = useAction({
    // Only what was changed here; when somebody saved in between, theirs is fetched and what was set here stays.
    run: () =>
      feedUpdate(
        feed.id,
        { name: name.trim(), settings: changes, ...(source.trim() && { source: source.trim() }) },
        feed.version,
      ).catch((error: unknown) => {
        if (toApiError(error).isStale) void cache.invalidateQueries({ queryKey: ['feeds', feed.project_id] });
        throw error;
      }),
    makesOld,
    done: 'Saved; the feed starts again with it',
    errors: 'inline',
    onDone: onClose,
  });
  const remove = useAction({
    run: () => feedDelete(feed.id),
    makesOld,
    done: `${feed.name} was removed`,
    errors: 'inline',
    onDone: onClose,
  });
  const set = (to: Partial<Settings>) => setChanges({ ...changes, ...to });
  const number = (
    key: NumberKey,
    label: string,
    rest: { min: number; max: number; step?: number; suffix?: string; description?: string },
  ) => (
    <NumberInput
      label={label}
      value={settings[key]}
      error={save.error?.fields[key]}
      onChange={(value) => typeof value === 'number' && set({ [key]: value })}
      {...rest}
    />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Settings of ${feed.name}`} size="lg">
      <form onSubmit={submit}>
        <Stack>
          {save.error && (
            <Alert color="red" variant="light" role="alert">
              {save.error.message}
            </Alert>
          )}
          <TextInput
            label={words.name}
            value={name}
            maxLength={120}
            error={save.error?.fields.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {ADDRESS_KINDS.has(feed.source_kind) && (
            <TextInput
              label={words.newAddress}
              description={words.newAddressAbout}
              placeholder={feed.source}
              value={source}
              maxLength={500}
              autoComplete="off"
              spellCheck={false}
              error={save.error?.fields.source}
              onChange={(event) => setSource(event.currentTarget.value)}
            />
          )}
          <Group grow align="flex-start">
            {number('target_fps', 'Look at', { min: 0.1, max: 60, step: 1, suffix: ' pictures a second' })}
            {number('show_score', 'Draw objects from score', { min: 0.05, max: 1, step: 0.05 })}
          </Group>
          <CaptureSettings settings={settings} problems={save.error?.fields ?? {}} onChange={set} />
          <FloorSettings
            feed={feed}
            settings={settings}
            problem={save.error?.fields.limit_m}
            onChange={set}
          />
          {!LIVE_KINDS.has(feed.source_kind) && (
            <Group gap="xl">
              <Switch
                label={words.loop}
                checked={settings.loop}
                onChange={(event) => set({ loop: event.currentTarget.checked })}
              />
              <Switch
                label="At the speed it was filmed"
                checked={settings.realtime}
                onChange={(event) => set({ realtime: event.currentTarget.checked })}
              />
            </Group>
          )}
          <Switch
            label={words.motionGate}
            description={words.motionGateAbout}
            checked={settings.motion_gate}
            onChange={(event) => set({ motion_gate: event.currentTarget.checked })}
          />
          <Switch
            label="Count only"
            description="No picture of this feed is shown or sent back."
            checked={settings.process_only}
            onChange={(event) => set({ process_only: event.currentTarget.checked })}
          />
          <Group justify="space-between">
            <ConfirmButton
              variant="subtle"
              color="red"
              title={`Remove ${feed.name}?`}
              losing={words.removeLosing}
              verb="Remove feed"
              onConfirm={() => remove.mutateAsync()}
            >
              {words.remove}
            </ConfirmButton>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
                Save
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
