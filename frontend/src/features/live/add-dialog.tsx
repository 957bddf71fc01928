import { Alert, Button, Group, Modal, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { feedCreate, videosQuery } from '@/features/live/api';
import { withCredentials } from '@/features/live/address';
import { AddressFields, KindChoice, type Kind, type Typed } from '@/features/live/source-fields';
import { SourceTest } from '@/features/live/source-test';
import { ADDRESS_KINDS, liveWords as words, LIVE_KINDS } from '@/features/live/strings';
import { useAction } from '@/hooks/use-action';
import { useSites } from '@/hooks/use-sites';
import { newIdempotencyKey } from '@/lib/api-client';

export function AddDialog({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const [key, setKey] = useState(newIdempotencyKey);
  const [kind, setKind] = useState<Kind>('rtsp');
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<Typed>({ source: '', user: '', password: '' });
  const [assetId, setAssetId] = useState<string | null>(null);
  const [cameraId, setCameraId] = useState<string | null>(null);
  const [loop, setLoop] = useState(true);
  const source = ADDRESS_KINDS.has(kind)
    ? withCredentials(typed.source, typed.user, typed.password)
    : typed.source.trim();
  const add = useAction({
    run: () =>
      feedCreate(
        projectId,
        {
          name: name.trim(),
          source_kind: kind,
          source: kind === 'asset' ? '' : source,
          asset_id: kind === 'asset' ? assetId : null,
          camera_id: cameraId,
          settings: LIVE_KINDS.has(kind) ? {} : { loop },
        },
        key,
      ),
    makesOld: [
      ['feeds', projectId],
      ['overview', projectId],
    ],
    done: (feed) => `${feed.name} starts within seconds`,
    errors: 'inline',
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was refused is corrected and sent again: another intent.
    if (add.error) setKey(newIdempotencyKey());
    add.mutate();
  };
  const isReady = name.trim() !== '' && (kind === 'asset' ? assetId !== null : source !== '');
  return (
    <Modal opened onClose={onClose} title={words.add} size="lg">
      <form onSubmit={submit}>
        <Stack>
          {add.error && (
            <Alert color="red" variant="light" role="alert">
              {add.error.message}
            </Alert>
          )}
          <TextInput
            label={words.name}
            placeholder={words.namePlaceholder}
            value={name}
            maxLength={120}
            data-autofocus
            error={add.error?.fields.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <KindChoice value={kind} onChange={setKind} />
          {kind === 'asset' ? (
            <VideoSelect
              projectId={projectId}
              value={assetId}
              problem={add.error?.fields.asset_id}
              onChange={setAssetId}
            />
          ) : (
            <AddressFields kind={kind} typed={typed} problem={add.error?.fields.source} onChange={setTyped} />
          )}
          {!LIVE_KINDS.has(kind) && (
            <Switch
              label={words.loop}
              checked={loop}
              onChange={(event) => setLoop(event.currentTarget.checked)}
            />
          )}
          <CameraSelect value={cameraId} problem={add.error?.fields.camera_id} onChange={setCameraId} />
          {kind !== 'asset' && (
            <SourceTest
              key={`${kind} ${source} ${cameraId ?? ''}`}
              projectId={projectId}
              body={{ source_kind: kind, source, camera_id: cameraId }}
              isReady={source !== ''}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady} loading={add.isPending}>
              {words.add}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type ChoiceProps = {
  value: string | null;
  problem: string | undefined;
  onChange: (id: string | null) => void;
};

function VideoSelect({ projectId, ...props }: ChoiceProps & { projectId: string }) {
  const { data: videos = [], isPending } = useQuery(videosQuery(projectId));
  return (
    <Select
      aria-label={words.video}
      placeholder={!isPending && videos.length === 0 ? words.noVideos : words.video}
      searchable
      data={videos.map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value}
      error={props.problem}
      onChange={props.onChange}
    />
  );
}

function CameraSelect({ value, problem, onChange }: ChoiceProps) {
  const { data: sites = [] } = useSites();
  const groups = sites
    .filter(({ cameras }) => cameras.length > 0)
    .map((site) => ({
      group: site.name,
      items: site.cameras.map(({ id, name }) => ({ value: id, label: name })),
    }));
  if (groups.length === 0) return null;
  return (
    <Select
      label={words.camera}
      description={words.cameraAbout}
      clearable
      searchable
      placeholder="None"
      data={groups}
      value={value}
      error={problem}
      onChange={onChange}
    />
  );
}
