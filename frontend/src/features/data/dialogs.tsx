/** Small forms about the filters or the chosen pictures. */
import {
  Alert,
  Button,
  Chip,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';

import {
  assetsAssign,
  assetsExclude,
  assetsInclude,
  membersQuery,
  sliceCreate,
  sliceRename,
  tasksPeople,
  type Slice,
} from '@/features/data/api';
import type { Filters } from '@/features/data/filters';
import { dataWords as words } from '@/features/data/strings';
import { useAction } from '@/hooks/use-action';
import { useMe } from '@/hooks/use-session';
import { newIdempotencyKey } from '@/lib/api-client';
import type { ApiError } from '@/lib/api-error';
import { plural } from '@/lib/numbers';
import { toastUndo } from '@/lib/toast';

type FrameProps = {
  title: string;
  verb: string;
  error: ApiError | null;
  isBusy: boolean;
  isReady: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
};

function FormDialog({ title, verb, error, isBusy, isReady, onSubmit, onClose, children }: FrameProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSubmit();
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack>
          {error && (
            <Alert color="red" variant="light" role="alert">
              {error.message}
            </Alert>
          )}
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy} disabled={!isReady}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type SliceProps = {
  projectId: string;
  filters: Filters;
  /** The one to rename; a new one where it is not given. */
  slice?: Slice;
  onClose: () => void;
};

export function SliceDialog({ projectId, filters, slice, onClose }: SliceProps) {
  const [name, setName] = useState(slice?.name ?? '');
  const save = useAction({
    // A key of its own for every try: after a refusal another name is sent.
    run: () =>
      slice
        ? sliceRename(slice.id, name.trim())
        : sliceCreate(projectId, name.trim(), filters, newIdempotencyKey()),
    makesOld: [['slices', projectId]],
    errors: 'inline',
    onDone: onClose,
  });
  return (
    <FormDialog
      title={slice ? `Rename ${slice.name}` : words.saveSlice}
      verb="Save"
      error={save.error}
      isBusy={save.isPending}
      isReady={name.trim() !== '' && name.trim() !== slice?.name}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {!slice && (
        <Text size="sm" c="dimmed">
          {words.saveSliceAbout}
        </Text>
      )}
      <TextInput
        label={words.sliceName}
        placeholder={words.slicePlaceholder}
        value={name}
        maxLength={120}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

type ChosenProps = { projectId: string; assetIds: string[]; onClose: () => void; onDone: () => void };

export function AsideDialog({ projectId, assetIds, onClose, onDone }: ChosenProps) {
  const [offered, setOffered] = useState('');
  const [own, setOwn] = useState('');
  const reason = own.trim() || offered;
  const makesOld = [
    ['assets', projectId],
    ['overview', projectId],
  ];
  const back = useAction({ run: () => assetsInclude(projectId, assetIds), makesOld });
  const exclude = useAction({
    run: () => assetsExclude(projectId, assetIds, reason),
    makesOld,
    errors: 'inline',
    onDone: ({ changed }) => {
      toastUndo(`${plural(changed, 'picture')} set aside`, () => back.mutateAsync());
      onDone();
    },
  });
  return (
    <FormDialog
      title={`Set ${plural(assetIds.length, 'picture')} aside`}
      verb={words.setAside}
      error={exclude.error}
      isBusy={exclude.isPending}
      isReady={reason !== ''}
      onSubmit={() => exclude.mutate()}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        {words.asideAbout}
      </Text>
      <Chip.Group
        value={reason}
        onChange={(value) => {
          setOffered(value as string);
          setOwn('');
        }}
      >
        <Group gap={6} role="group" aria-label={words.asideWhy}>
          {words.asideReasons.map((each, at) => (
            <Chip key={each} value={each} size="xs" variant="light" data-autofocus={at === 0 || undefined}>
              {each}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <TextInput
        label={words.asideOther}
        value={own}
        maxLength={200}
        onChange={(event) => setOwn(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

type PeopleProps = { projectId: string; taskIds: string[]; onClose: () => void; onDone: () => void };

export function PeopleDialog({ projectId, taskIds, onClose, onDone }: PeopleProps) {
  const [key] = useState(newIdempotencyKey);
  const [people, setPeople] = useState<number | string>(3);
  const ask = useAction({
    run: () => tasksPeople(projectId, taskIds, Number(people), key),
    makesOld: [
      ['assets', projectId],
      ['tasks', projectId],
    ],
    done: ({ changed, refused }) =>
      words.severalDone(
        changed,
        refused.length,
        [...new Set(refused.map(({ reason }) => reason.replace(/\.$/, '')))].join('; '),
      ),
    errors: 'inline',
    onDone,
  });
  const number = Number(people);
  return (
    <FormDialog
      title={words.severalTitle(taskIds.length)}
      verb={words.severalVerb}
      error={ask.error}
      isBusy={ask.isPending}
      isReady={taskIds.length > 0 && Number.isInteger(number) && number >= 1 && number <= 9}
      onSubmit={() => ask.mutate()}
      onClose={onClose}
    >
      <NumberInput
        label={words.severalPeople}
        description={words.severalHow}
        min={1}
        max={9}
        allowDecimal={false}
        data-autofocus
        value={people}
        onChange={setPeople}
      />
    </FormDialog>
  );
}

const NOBODY = 'nobody';

export function AssignDialog({ projectId, assetIds, onClose, onDone }: ChosenProps) {
  const [key] = useState(newIdempotencyKey);
  const [who, setWho] = useState<string | null>(null);
  const [due, setDue] = useState('');
  const { data: members = [] } = useQuery(membersQuery(projectId));
  const assign = useAction({
    run: () =>
      assetsAssign(
        projectId,
        {
          asset_ids: assetIds,
          user_id: who === NOBODY ? null : who,
          // The end of that day, where the person who sets it is.
          due_at: due && who !== NOBODY ? new Date(`${due}T23:59:59`).toISOString() : null,
        },
        key,
      ),
    makesOld: [
      ['assets', projectId],
      ['tasks', projectId],
      ['work-summary', projectId],
    ],
    done: ({ assigned }) =>
      assigned === assetIds.length
        ? `${plural(assigned, 'picture')} assigned`
        : `${plural(assigned, 'picture')} of ${assetIds.length} assigned; the others are not to be labelled now`,
    errors: 'inline',
    onDone,
  });
  const me = useMe();
  const people = members
    .filter(({ role, user_id }) => role !== 'viewer' && user_id !== me.id)
    .map(({ user_id, name, email, role }) => ({ value: user_id, label: `${name || email} · ${role}` }));
  return (
    <FormDialog
      title={`Assign ${plural(assetIds.length, 'picture')}`}
      verb={words.assign}
      error={assign.error}
      isBusy={assign.isPending}
      isReady={who !== null}
      onSubmit={() => assign.mutate()}
      onClose={onClose}
    >
      <Select
        label={words.assignTo}
        searchable
        data-autofocus
        data={[
          { value: me.id, label: `${me.name || me.email} · you` },
          ...people,
          { value: NOBODY, label: words.assignNobody },
        ]}
        value={who}
        onChange={setWho}
      />
      <TextInput
        type="date"
        label={words.due}
        description="Optional"
        value={due}
        disabled={who === NOBODY}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
