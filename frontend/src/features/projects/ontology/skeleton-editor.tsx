import { ActionIcon, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';

import {
  addPoint,
  changePoint,
  COCO_PERSON,
  EMPTY,
  POINTS_MAX,
  removePoint,
  type Template,
} from '@/features/projects/ontology/skeleton';
import { SkeletonBoard, type BoardMode } from '@/features/projects/ontology/skeleton-board';
import css from '@/features/projects/ontology/skeleton.module.css';
import { skeletonWords as words } from '@/features/projects/strings';
import type { Label } from '@/types/api';

type Props = {
  label: Label;
  /** Points of the template as it was saved, 0 before that. */
  savedPoints: number;
  problem: string | undefined;
  readOnly: boolean;
  onChange: (template: Template) => void;
};

/** The points of a label's skeletons: named, placed as they are first drawn, and joined. */
export function SkeletonEditor({ label, savedPoints, problem, readOnly, onChange }: Props) {
  const [mode, setMode] = useState<BoardMode>('place');
  const [picked, setPicked] = useState<number | null>(null);
  const template = label.skeleton ?? EMPTY;
  return (
    <Stack gap="xs" role="group" aria-label={words.title(label.name)}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {words.heading}
        </Text>
        <span style={{ flex: 1 }} />
        {!readOnly && (
          <>
            <SegmentedControl
              size="xs"
              aria-label={words.mode}
              data={[
                { value: 'place', label: words.place },
                { value: 'join', label: words.join },
              ]}
              value={mode}
              onChange={(value) => {
                setMode(value);
                setPicked(null);
              }}
            />
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                onChange(COCO_PERSON);
                setPicked(null);
              }}
            >
              {words.coco}
            </Button>
          </>
        )}
      </Group>
      <div className={css.editor}>
        <SkeletonBoard
          template={template}
          mode={mode}
          picked={picked}
          readOnly={readOnly}
          onPick={setPicked}
          onChange={onChange}
        />
        <div className={css.list}>
          <Text
            size="xs"
            c={problem ? 'var(--mantine-color-error)' : 'dimmed'}
            role={problem ? 'alert' : undefined}
          >
            {problem ?? (mode === 'join' ? words.joinAbout : words.placeAbout)}
          </Text>
          {savedPoints > 0 && savedPoints !== template.points.length && (
            <Text size="xs" className={css.warning} role="status">
              {words.countChanged(savedPoints)}
            </Text>
          )}
          <ol className={css.names}>
            {template.points.map((point, index) => (
              <li key={index} className={css.name} data-on={picked === index || undefined}>
                <span className={css.number}>{index + 1}</span>
                <TextInput
                  size="xs"
                  flex={1}
                  aria-label={words.pointName(index + 1)}
                  value={point.name}
                  maxLength={80}
                  disabled={readOnly}
                  onFocus={() => mode === 'place' && setPicked(index)}
                  onChange={(event) =>
                    onChange(changePoint(template, index, { name: event.currentTarget.value }))
                  }
                />
                {!readOnly && (
                  <ActionIcon
                    size={28}
                    aria-label={words.removePoint(point.name)}
                    onClick={() => {
                      onChange(removePoint(template, index));
                      setPicked(null);
                    }}
                  >
                    <IconTrash size={14} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ol>
          {!readOnly && template.points.length < POINTS_MAX && (
            <div>
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<IconPlus size={16} />}
                onClick={() => {
                  onChange(addPoint(template, { x: 0.5, y: 0.5 }));
                  setPicked(template.points.length);
                }}
              >
                {words.addPoint}
              </Button>
            </div>
          )}
        </div>
      </div>
    </Stack>
  );
}
