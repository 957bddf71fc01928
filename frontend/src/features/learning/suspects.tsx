/** Pictures unlike the good ones, hottest first, with the heat laid over them. */
import { SegmentedControl, Group, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import type { Suspect } from '@/features/learning/api';
import css from '@/features/learning/defects.module.css';
import { bytesOf, heatColours } from '@/features/learning/heat';
import { defectWords as words } from '@/features/learning/strings';
import { PlainLink } from '@/components/links';
import { paths } from '@/lib/paths';

type Props = { projectId: string; suspects: readonly Suspect[] };

export function Suspects({ projectId, suspects }: Props) {
  const [shown, setShown] = useState('heat');
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" fw={550}>
          {words.suspects(suspects.length)}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={words.show}
          data={[
            { value: 'heat', label: words.heat },
            { value: 'picture', label: words.picture },
          ]}
          value={shown}
          onChange={setShown}
        />
      </Group>
      <ul className={css.grid}>
        {suspects.map((suspect, index) => (
          <li key={suspect.asset_id}>
            <PlainLink
              className={css.suspect}
              to={paths.annotate(projectId, suspect.task_id)}
              aria-label={words.open(index + 1, suspect.score)}
            >
              <img src={`/api/v1/assets/${suspect.asset_id}/thumbnail`} alt="" loading="lazy" />
              {shown === 'heat' && <Heat suspect={suspect} />}
              <span className={css.score}>{words.times(suspect.score)}</span>
            </PlainLink>
          </li>
        ))}
      </ul>
    </>
  );
}

function Heat({ suspect: { heat, columns, rows } }: { suspect: Suspect }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current
      ?.getContext('2d')
      ?.putImageData(new ImageData(heatColours(bytesOf(heat)), columns, rows), 0, 0);
  }, [heat, columns, rows]);
  return <canvas ref={canvas} width={columns} height={rows} aria-hidden />;
}
