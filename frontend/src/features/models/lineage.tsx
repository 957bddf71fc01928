import { Card, Code, Progress, Stack, Table, Text } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';

import type { Model } from '@/features/models/api';
import { livePoints } from '@/features/models/figures';
import css from '@/features/models/models.module.css';
import { modelWords as words, PROVIDER_WORDS } from '@/features/models/strings';
import { TextLink } from '@/components/links';
import { TimeAgo, TimeSince } from '@/components/time';
import { measureOf } from '@/lib/measures';
import { count, percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';

const LiveChart = lazy(() => import('@/features/models/live-chart'));

type Config = {
  seed?: number;
  minutes?: number;
  init?: string;
  input_size?: number;
  weights?: { file: string };
  notes?: string[];
};

const STARTED_FROM: Record<string, string> = { scratch: 'nothing', sam: 'Segment Anything' };
const startedFrom = ({ init, weights }: Config): string | null => {
  if (weights) return weights.file;
  return init === undefined ? null : (STARTED_FROM[init] ?? 'production');
};
const PARTS: [key: string, name: string, color: string][] = [
  ['accepted', 'accepted', 'teal'],
  ['fixed', 'fixed', 'yellow'],
  ['rejected', 'rejected', 'red'],
];

/** Of the suggestions people decided on: how many were right, nearly right, wrong. */
export function SuggestionRecord({ counts }: { counts: Record<string, number> }) {
  const decided = PARTS.reduce((sum, [key]) => sum + (counts[key] ?? 0), 0);
  if (decided === 0) {
    return (
      <Card>
        <Text size="sm" c="dimmed">
          {counts.open ? `${count(counts.open)} wait for a decision.` : words.noRecord}
        </Text>
      </Card>
    );
  }
  return (
    <Card>
      <Stack gap="xs">
        <Progress.Root size="lg" aria-label={words.record}>
          {PARTS.map(([key, name, color]) => (
            <Progress.Section
              key={key}
              value={((counts[key] ?? 0) / decided) * 100}
              color={color}
              aria-label={name}
            />
          ))}
        </Progress.Root>
        {PARTS.map(([key, name, color]) => (
          <div key={key} className={css.recordRow}>
            <span className={css.dot} style={{ background: `var(--mantine-color-${color}-6)` }} aria-hidden />
            <Text size="sm" flex={1}>
              {name}
            </Text>
            <Text size="sm">{count(counts[key] ?? 0)}</Text>
            <Text size="sm" c="dimmed" w={48} ta="right">
              {percent((counts[key] ?? 0) / decided)}
            </Text>
          </div>
        ))}
        <Text size="xs" c="dimmed">
          {count(counts.open ?? 0)} open, {count(counts.superseded ?? 0)} replaced by a newer model
        </Text>
      </Stack>
    </Card>
  );
}

export function Lineage({ projectId, model }: { projectId: string; model: Model }) {
  const config = model.config as Config;
  const { seed, minutes, input_size, notes = [] } = config;
  const manifest = model.manifest as { input_size?: number; parity?: number; classes?: string[] };
  const facts: [string, ReactNode][] = [
    ['Kind', [PROVIDER_WORDS[model.provider], model.architecture].filter(Boolean).join(', ')],
    [
      'Dataset',
      model.dataset_version_id && (
        <TextLink to={paths.dataset(projectId, model.dataset_version_id)} size="sm">
          v{model.dataset_number}
        </TextLink>
      ),
    ],
    ['Started from', startedFrom(config)],
    ['CPU minutes', minutes ?? null],
    ['Seed', seed ?? null],
    ['Picture size', manifest.input_size ? `${manifest.input_size} px` : input_size || null],
    ['Address', model.endpoint_url],
    ['Made', <TimeAgo key="made" at={model.created_at} />],
    model.state === 'production'
      ? ['In production for', model.promoted_at && <TimeSince key="since" at={model.promoted_at} />]
      : ['Went into production', model.promoted_at && <TimeAgo key="promoted" at={model.promoted_at} />],
    [
      'SHA-256',
      model.artifact_sha256 && (
        <Code key="sha" className={css.sha}>
          {model.artifact_sha256}
        </Code>
      ),
    ],
  ];
  const points = model.training ? livePoints(model.training) : [];
  return (
    <Card>
      <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} layout="fixed">
        <Table.Tbody>
          {facts
            .filter(([, value]) => value !== null && value !== '' && value !== undefined)
            .map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Td w={136} c="dimmed" className={css.top}>
                  {name}
                </Table.Td>
                <Table.Td>{value}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      {notes.length > 0 && (
        <details className={css.notes}>
          <summary>{words.notes(notes.length)}</summary>
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      {points.length > 1 && (
        <div className={css.curve}>
          <Suspense fallback={null}>
            <LiveChart points={points} measure={measureOf(model.kind)} />
          </Suspense>
        </div>
      )}
    </Card>
  );
}
