import { Group, Text } from '@mantine/core';

import type { Disagreement } from '@/features/models/api';
import css from '@/features/models/rollout/rollout.module.css';
import { rolloutWords as words } from '@/features/models/rollout/words';

/** Pictures with most boxes that only one of the two sees, both models' boxes drawn on them. */
export function Examples({ rows }: { rows: Disagreement[] }) {
  return (
    <div>
      <Group gap="xs" mb={6}>
        <Text size="xs" c="dimmed">
          {words.examples}. {words.examplesAbout}
        </Text>
      </Group>
      <ul className={css.examples}>
        {rows.map((row) => (
          <li key={row.asset_id}>
            <Example row={row} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Example({ row }: { row: Disagreement }) {
  const counts = `${row.only_candidate} only this model, ${row.only_production} only production`;
  return (
    <figure style={{ margin: 0 }}>
      <svg
        className={css.frame}
        viewBox={`0 0 ${row.width} ${row.height}`}
        role="img"
        aria-label={`${row.name}: ${counts}`}
      >
        <image href={row.image_url} width={row.width} height={row.height} />
        {row.production.map((box, index) => (
          <Box key={`p${index}`} box={box} kind="production" />
        ))}
        {row.candidate.map((box, index) => (
          <Box key={`c${index}`} box={box} kind="candidate" />
        ))}
      </svg>
      <Text component="figcaption" size="xs" c="dimmed" truncate title={row.name}>
        {row.name}
      </Text>
    </figure>
  );
}

function Box({ box, kind }: { box: number[]; kind: 'production' | 'candidate' }) {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
  const place = { x: x1, y: y1, width: x2 - x1, height: y2 - y1 };
  return (
    <>
      <rect {...place} className={css.box} data-kind="under" />
      <rect {...place} className={css.box} data-kind={kind} />
    </>
  );
}
