import { Alert, Card, Group, Stack, Text, Title } from '@mantine/core';

import type { ShadowReport } from '@/features/models/api';
import { Examples } from '@/features/models/rollout/examples';
import css from '@/features/models/rollout/rollout.module.css';
import { looks, looksText, rolloutWords as words } from '@/features/models/rollout/words';
import modelCss from '@/features/models/models.module.css';
import { count, percent, plural, score } from '@/lib/numbers';

/** What this model and the one in production say of the same pictures and frames. */
export function Beside({ report }: { report: ShadowReport }) {
  const all = looks(report);
  const cells: [name: string, value: string, note: string][] = [
    [words.agree, percent(all ? report.agreed / all : null), `of ${looksText(report)}`],
    [
      words.same,
      count(report.matched),
      report.mean_iou === null ? 'none so far' : `overlap ${score(report.mean_iou)} on average`,
    ],
    [words.onlyThis, count(report.only_candidate), 'boxes'],
    [words.onlyProduction, count(report.only_production), 'boxes'],
  ];
  return (
    <Card>
      <Stack gap="md">
        <Title order={3} size="h5">
          {words.beside}
        </Title>
        <dl className={`${modelCss.figures} ${modelCss.plain}`}>
          {cells.map(([name, value, note]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
              <dd data-note>{note}</dd>
            </div>
          ))}
        </dl>
        {report.failed > 0 && (
          <Alert color="red" variant="light" py="xs">
            {words.besideFailed(report.failed, report.error)}
          </Alert>
        )}
        <div className={css.tables}>
          <ByLabel report={report} />
          <ByPlace report={report} />
        </div>
        {report.examples.length > 0 ? (
          <Examples rows={report.examples} />
        ) : (
          all > 0 && report.agreed === all && <Text size="sm">{words.nothingApart}</Text>
        )}
      </Stack>
    </Card>
  );
}

function ByLabel({ report }: { report: ShadowReport }) {
  if (report.labels.length === 0) return null;
  return (
    <div role="table" aria-label={words.byLabel}>
      <Text size="xs" c="dimmed" mb={4}>
        {words.byLabel}
      </Text>
      {report.labels.map(({ name, matched, only_candidate, only_production }) => {
        const total = matched + only_candidate + only_production;
        const parts = [
          ['both', matched],
          ['candidate', only_candidate],
          ['production', only_production],
        ] as const;
        return (
          <div key={name} className={css.row} role="row">
            <Text size="sm" truncate role="rowheader">
              {name}
            </Text>
            <div
              className={css.bar}
              role="cell"
              aria-label={`${count(matched)} of both, ${count(only_candidate)} only this model, ${count(only_production)} only production`}
            >
              {parts.map(([kind, value]) => (
                <span key={kind} className={css.part} data-kind={kind} style={{ flexGrow: value }} />
              ))}
            </div>
            <Text size="xs" ta="right" role="cell">
              {percent(total ? matched / total : null)}
            </Text>
          </div>
        );
      })}
      <Group gap="md" mt={6}>
        <Key kind="both" name="Both" />
        <Key kind="candidate" name="This model" />
        <Key kind="production" name="Production" />
      </Group>
    </div>
  );
}

function ByPlace({ report }: { report: ShadowReport }) {
  return (
    <div role="table" aria-label={words.byPlace}>
      <Text size="xs" c="dimmed" mb={4}>
        {words.byPlace}
      </Text>
      {report.places.map(({ camera_id, name, answers, agreed }) => (
        <div key={camera_id ?? ''} className={css.row} data-kind="place" role="row">
          <Text size="sm" truncate role="rowheader" title={name}>
            {name || words.noCamera}
          </Text>
          <Text size="xs" c="dimmed" role="cell">
            {plural(answers, 'look')}
          </Text>
          <Text size="xs" ta="right" role="cell">
            {percent(agreed / answers)}
          </Text>
        </div>
      ))}
    </div>
  );
}

function Key({ kind, name }: { kind: string; name: string }) {
  return (
    <Group gap={6}>
      <span className={css.key} data-kind={kind} aria-hidden />
      <Text size="xs" c="dimmed">
        {name}
      </Text>
    </Group>
  );
}
