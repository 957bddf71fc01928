import {
  ActionIcon,
  Alert,
  Button,
  Card,
  Group,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconArrowsExchange, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { feedsQuery, markingsQuery, type Feed, type Marking } from '@/features/rules/api';
import css from '@/features/rules/rules.module.css';
import { ruleWords as words } from '@/features/rules/strings';
import { drawnOf, freshName, useMarkSaving } from '@/features/rules/use-marks';
import { DrawBoard, type DrawTool } from '@/components/draw/draw-board';
import { replaced, shapeProblem, turnLine, type Drawn } from '@/components/draw/shapes';
import { drawWords, PROBLEM_WORDS } from '@/components/draw/strings';
import { useDrawing } from '@/components/draw/use-drawing';
import { ButtonLink } from '@/components/links';
import { PageFrame } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { CardsSkeleton } from '@/components/skeletons';
import { RefusedState } from '@/components/states';
import { useMay } from '@/hooks/use-project';
import { useParam } from '@/hooks/use-param';
import { paths } from '@/lib/paths';

export default function ZonesPage() {
  const projectId = useParam('projectId');
  const feedId = useParam('feedId');
  const feeds = useQuery(feedsQuery(projectId));
  const marks = useQuery(markingsQuery(projectId, feedId));
  const feed = feeds.data?.find(({ id }) => id === feedId);
  const isManager = useMay(projectId, 'manager');
  if (feeds.data && !feed) return <RefusedState />;
  return (
    <PageFrame
      title={words.zonesTitle(feed?.name ?? '…')}
      about={words.zonesAbout}
      actions={
        <>
          <ButtonLink to={paths.rules(projectId)} variant="default">
            {words.title}
          </ButtonLink>
          {isManager && (
            <ButtonLink to={paths.newRule(projectId)} search={{ feed: feedId }} variant="default">
              {words.newRule}
            </ButtonLink>
          )}
        </>
      }
    >
      <QueryView query={marks} skeleton={<CardsSkeleton count={1} height={420} minWidth={900} />}>
        {(list) => feed && <Editor key={feedId} projectId={projectId} feed={feed} marks={list} />}
      </QueryView>
    </PageFrame>
  );
}

type Props = { projectId: string; feed: Feed; marks: Marking[] };

function Editor({ projectId, feed, marks }: Props) {
  const isManager = useMay(projectId, 'manager');
  const drawing = useDrawing(drawnOf(marks));
  const [tool, setTool] = useState<DrawTool>('select');
  const [selectedId, setSelectedId] = useState<string | null>(null);
  // One still for the whole sitting: a picture that changes under a drawing helps nobody.
  const [src] = useState(() => `/api/v1/feeds/${feed.id}/snapshot.jpg?at=${Date.now()}`);
  const saving = useMarkSaving(projectId, feed.id, marks, drawing);
  const problem = drawing.shapes.map(shapeProblem).find((each) => each !== null);
  return (
    <Stack gap="sm">
      {!isManager && <Alert variant="light">{words.look}</Alert>}
      <Group justify="space-between">
        <Group gap="xs">
          <SegmentedControl
            aria-label="Tool"
            value={tool}
            onChange={(to) => setTool(to as DrawTool)}
            disabled={!isManager}
            data={[
              { value: 'select', label: words.select },
              { value: 'zone', label: words.zone },
              { value: 'line', label: words.line },
            ]}
          />
          <Tooltip label={words.undo}>
            <ActionIcon aria-label={words.undo} disabled={!drawing.canUndo} onClick={drawing.undo}>
              <IconArrowBackUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={words.redo}>
            <ActionIcon aria-label={words.redo} disabled={!drawing.canRedo} onClick={drawing.redo}>
              <IconArrowForwardUp size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
        <Group gap="xs">
          {saving.isChanged && (
            <Text size="sm" c="dimmed">
              {problem ? PROBLEM_WORDS[problem] : words.unsaved}
            </Text>
          )}
          <Button
            onClick={() => saving.save()}
            loading={saving.isPending}
            disabled={!isManager || !saving.isChanged || problem !== undefined}
          >
            {words.save}
          </Button>
        </Group>
      </Group>
      {saving.problem && (
        <Alert color="red" variant="light" role="alert">
          {saving.problem}
        </Alert>
      )}
      <div className={css.editor}>
        <div>
          <DrawBoard
            src={src}
            drawing={drawing}
            tool={isManager ? tool : 'select'}
            selectedId={isManager ? selectedId : null}
            onSelect={setSelectedId}
            onTool={setTool}
            onDrawn={(kind, points) => {
              const id = `new-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
              const name = freshName(kind, drawing.shapes);
              drawing.change([
                ...drawing.shapes,
                ...drawnOf([{ id, kind, name, points }], drawing.shapes.length),
              ]);
              setSelectedId(id);
            }}
          />
          <Text size="xs" c="dimmed" mt={6}>
            {drawWords.hint[tool]} {drawWords.keys}
          </Text>
        </div>
        <MarkList
          shapes={drawing.shapes}
          isManager={isManager}
          selectedId={selectedId}
          onSelect={setSelectedId}
          onChange={(next) => drawing.change(replaced(drawing.shapes, next))}
          onRemove={(id) => drawing.change(drawing.shapes.filter((shape) => shape.id !== id))}
        />
      </div>
    </Stack>
  );
}

type ListProps = {
  shapes: readonly Drawn[];
  isManager: boolean;
  selectedId: string | null;
  onSelect: (id: string) => void;
  onChange: (next: Drawn) => void;
  onRemove: (id: string) => void;
};

function MarkList({ shapes, isManager, selectedId, onSelect, onChange, onRemove }: ListProps) {
  if (shapes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.noMarks}
      </Text>
    );
  return (
    <Stack gap="xs" component="ul" m={0} p={0} className={css.marks}>
      {shapes.map((shape) => (
        <Card
          key={shape.id}
          component="li"
          padding="xs"
          data-selected={shape.id === selectedId || undefined}
          className={css.mark}
          onFocus={() => onSelect(shape.id)}
        >
          <Group gap="xs" wrap="nowrap">
            <span
              className={css.swatch}
              data-kind={shape.kind}
              style={{ background: shape.color }}
              aria-hidden
            />
            <TextInput
              size="xs"
              flex={1}
              aria-label={`${words.name} (${words[shape.kind].toLowerCase()})`}
              value={shape.name}
              maxLength={80}
              readOnly={!isManager}
              onChange={(event) => onChange({ ...shape, name: event.currentTarget.value })}
            />
            {isManager && shape.kind === 'line' && (
              <Tooltip label={words.turn}>
                <ActionIcon
                  aria-label={`${words.turn}: ${shape.name}`}
                  onClick={() => onChange(turnLine(shape))}
                >
                  <IconArrowsExchange size={16} />
                </ActionIcon>
              </Tooltip>
            )}
            {isManager && (
              <Tooltip label={words.remove}>
                <ActionIcon aria-label={`${words.remove} ${shape.name}`} onClick={() => onRemove(shape.id)}>
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
