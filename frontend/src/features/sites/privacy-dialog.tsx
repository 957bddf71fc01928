import { Alert, Button, Group, Modal, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { IconArrowBackUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import {
  cameraPrivacyQuery,
  cameraPrivacySave,
  erasuresQuery,
  type Camera,
  type CameraPrivacy,
} from '@/features/sites/api';
import { privacyWords as words } from '@/features/sites/strings';
import { DrawBoard, type DrawTool } from '@/components/draw/draw-board';
import { shapeProblem, type Drawn } from '@/components/draw/shapes';
import { PROBLEM_WORDS } from '@/components/draw/strings';
import { useDrawing } from '@/components/draw/use-drawing';
import { QueryView } from '@/components/query-view';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';
import { toApiError } from '@/lib/api-error';

const COLOR = '#e8590c';
const outline = (points: Drawn['points'], n: number): Drawn => ({
  id: crypto.randomUUID(),
  kind: 'zone',
  name: words.area(n),
  color: COLOR,
  points,
});

type Props = { camera: Camera; onClose: () => void };

/** What a camera's pictures may hold: areas drawn over a still, heads, and for how long they are kept. */
export function PrivacyDialog({ camera, onClose }: Props) {
  const query = useQuery(cameraPrivacyQuery(camera.id));
  return (
    <Modal opened onClose={onClose} title={words.title(camera.name)} size={860}>
      <QueryView query={query} skeleton={<div style={{ height: 420 }} />}>
        {(given) => <PrivacyForm key={given.version} camera={camera} given={given} onClose={onClose} />}
      </QueryView>
    </Modal>
  );
}

function PrivacyForm({ camera, given, onClose }: Props & { given: CameraPrivacy }) {
  const drawing = useDrawing(
    given.polygons.map((points, at) =>
      outline(
        points.map(([x = 0, y = 0]) => [x, y] as const),
        at + 1,
      ),
    ),
  );
  const [tool, setTool] = useState<DrawTool>('select');
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const [heads, setHeads] = useState(given.head_mosaic);
  const [days, setDays] = useState<number | ''>(given.retention_days ?? '');
  const problem = drawing.shapes.map(shapeProblem).find(Boolean);
  const save = useAction({
    run: () =>
      cameraPrivacySave(camera.id, given.version, {
        polygons: drawing.shapes.map(({ points }) => points.map(([x, y]) => [x, y])),
        head_mosaic: heads,
        retention_days: days === '' ? null : days,
      }),
    makesOld: [['camera-privacy', camera.id]],
    done: words.saved,
    errors: 'inline',
    onDone: onClose,
  });
  const isShorter = days !== '' && (given.retention_days === null || days < given.retention_days);
  return (
    <Stack>
      {save.error && (
        <Alert color="red" variant="light" role="alert">
          {toApiError(save.error).isStale ? words.stale : save.error.message}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        {words.about}
      </Text>
      <Group gap="xs">
        <Button
          size="xs"
          variant={tool === 'zone' ? 'filled' : 'default'}
          leftSection={<IconPlus size={14} />}
          aria-pressed={tool === 'zone'}
          onClick={() => setTool(tool === 'zone' ? 'select' : 'zone')}
        >
          {words.draw}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          disabled={!drawing.canUndo}
          onClick={drawing.undo}
        >
          {words.undo}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={!selectedId}
          onClick={() => {
            drawing.change(drawing.shapes.filter(({ id }) => id !== selectedId));
            setSelectedId(null);
          }}
        >
          {words.remove}
        </Button>
        <Text size="xs" c={problem ? 'red' : 'dimmed'} role="status">
          {problem ? PROBLEM_WORDS[problem] : words.hidden(drawing.shapes.length)}
        </Text>
      </Group>
      <DrawBoard
        src={`/api/v1/cameras/${camera.id}/still.jpg?v=${given.version}`}
        drawing={drawing}
        tool={tool}
        selectedId={selectedId}
        onSelect={setSelectedId}
        onTool={setTool}
        onDrawn={(_kind, points) =>
          drawing.change([...drawing.shapes, outline(points, drawing.shapes.length + 1)])
        }
      />
      <Switch
        label={words.heads}
        description={words.headsAbout}
        checked={heads}
        onChange={(event) => setHeads(event.currentTarget.checked)}
      />
      <NumberInput
        label={words.keep}
        description={words.keepAbout}
        placeholder={words.forever}
        min={1}
        max={3650}
        allowDecimal={false}
        suffix={words.days}
        value={days}
        error={save.error?.fields.retention_days}
        onChange={(value) => setDays(typeof value === 'number' ? value : '')}
      />
      {isShorter && (
        <Alert color="orange" variant="light">
          {words.goes(days)}
        </Alert>
      )}
      <Erased cameraId={camera.id} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={save.isPending} disabled={Boolean(problem)} onClick={() => save.mutate()}>
          Save
        </Button>
      </Group>
    </Stack>
  );
}

/** The newest proofs of what was deleted here. */
function Erased({ cameraId }: { cameraId: string }) {
  const { data } = useQuery(erasuresQuery(cameraId));
  if (!data || data.results.length === 0) return null;
  return (
    <details>
      <Text component="summary" size="sm">
        {words.erased}
      </Text>
      <Stack gap={2} mt={6}>
        {data.results.map((proof) => (
          <Text key={proof.id} size="xs" c="dimmed" truncate>
            {proof.asset_name} · {words.by(proof.rule_days, proof.rule_set_by)} ·{' '}
            <TimeAgo at={proof.erased_at} size="xs" /> · <code>{proof.content_sha256.slice(0, 16)}…</code>
          </Text>
        ))}
      </Stack>
    </details>
  );
}
