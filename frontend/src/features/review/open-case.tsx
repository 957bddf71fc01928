import { Button, Loader, Text } from '@mantine/core';
import { IconMessage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';

import type { WireRegion } from '@/canvas/document/wire';
import { Editor } from '@/canvas/editor';
import { CanvasHost } from '@/components/canvas-host';
import { CommentPins } from '@/components/comments/comment-pins';
import { CommentsDrawer } from '@/components/comments/comments-drawer';
import { reachOf } from '@/components/video/reach';
import { VideoBar } from '@/components/video/video-bar';
import { useKeys } from '@/hooks/use-keys';
import { HttpTiles } from '@/lib/tiles';
import { toastError } from '@/lib/toast';
import type { Project } from '@/types/api';

import { getRevision } from './api';
import { CaseSide, statusWordsOf } from './case-side';
import { answerRows } from './consensus';
import { ConsensusSide } from './consensus-side';
import type { Case, DeskView, ReviewDesk } from './desk';
import css from './review.module.css';
import { diffLabels, showDiff } from './show-diff';
import { reviewWords as words } from './strings';

type CaseProps = { item: Case; view: DeskView; desk: ReviewDesk; project: Project; children: ReactNode };

/** The picture with the revision on it, read only, and what the revision changed. */
export function OpenCase({ item, view, desk, project, children }: CaseProps) {
  const { labels } = project.ontology;
  const { asset } = item.task;
  const isVideo = asset.kind === 'video';
  const [isByChange, setByChange] = useState(item.against !== 'nothing');
  const [editor] = useState(() => {
    const made = new Editor({ ontology: { labels } });
    made.setTool('pan');
    made.setFrame(isVideo ? reachOf(asset, item.task.part).first : null);
    return made;
  });

  const [comments, setComments] = useState(item.task.comments);
  const [isTalking, setTalking] = useState(false);
  const [answerId, setAnswerId] = useState<string | null>(null);
  const answer = useQuery({
    queryKey: ['revision', answerId],
    queryFn: () => getRevision(answerId ?? ''),
    enabled: answerId !== null,
    staleTime: Infinity,
  });
  const { consensus } = item;
  const looked = answerId !== null && consensus ? answer.data : undefined;
  const diff = useMemo(
    () =>
      looked && consensus
        ? answerRows(
            consensus,
            looked.labels.regions as WireRegion[],
            item.task.labels.regions as WireRegion[],
          )
        : item.diff,
    [looked, consensus, item],
  );
  const ofPerson = looked ? (looked.author?.name ?? words.formerPerson) : null;
  const statusName = statusWordsOf(item, ofPerson);
  useEffect(
    () => showDiff(editor, diff, labels, isByChange, statusName),
    [editor, diff, labels, isByChange, statusName],
  );
  useEffect(() => {
    if (answer.error) toastError(answer.error);
  }, [answer.error]);
  useEffect(() => {
    if (!isVideo) editor.setImage(view.picture, asset.width, asset.height);
  }, [editor, view.picture, asset, isVideo]);
  useEffect(() => {
    if (!asset.tiles) return;
    const tiles = new HttpTiles(asset.tiles);
    editor.setTiles(tiles);
    return () => {
      editor.setTiles(null);
      tiles.close();
    };
  }, [editor, asset.tiles]);
  // D is a step back in videos.
  useKeys({
    ...(isVideo ? {} : { D: () => setByChange(!isByChange) }),
    'Shift+C': () => setTalking(!isTalking),
  });
  const open = comments.filter((each) => each.resolved_at === null).length;

  const byId = new Map(labels.map((label) => [label.id, label]));
  const lanes = useMemo(() => diffLabels(labels, isByChange), [labels, isByChange]);
  return (
    <div className={css.desk}>
      <div className={css.stage}>
        <CanvasHost editor={editor} label={asset.name} keys="none" className={css.canvas} />
        <CommentPins editor={editor} comments={comments} onOpen={() => setTalking(true)} />
        {!isVideo && !view.picture && (
          <div className={css.message}>
            {view.pictureError ? (
              <Text size="sm">{words.pictureFailed}</Text>
            ) : (
              <Loader aria-label="Loading" />
            )}
          </div>
        )}
      </div>
      <aside className={css.side}>
        <CaseSide
          item={item}
          diff={diff}
          ofPerson={ofPerson}
          editor={editor}
          labels={byId}
          isByChange={isByChange}
          onByChange={setByChange}
        />
        {consensus && (
          <ConsensusSide
            item={item}
            consensus={consensus}
            desk={desk}
            shown={answerId}
            onShow={setAnswerId}
          />
        )}
        <div className={css.block}>
          <Button
            fullWidth
            size="compact-sm"
            variant="default"
            leftSection={<IconMessage size={16} stroke={1.6} />}
            onClick={() => setTalking(true)}
          >
            {words.comments(open)}
          </Button>
        </div>
        {children}
      </aside>
      <CommentsDrawer
        isOpen={isTalking}
        onClose={() => setTalking(false)}
        taskId={item.task.id}
        comments={comments}
        onComments={setComments}
        editor={editor}
      />
      {isVideo && (
        <VideoBar
          editor={editor}
          asset={asset}
          part={item.task.part}
          labels={lanes}
          dashedAs={statusName.removed}
        />
      )}
    </div>
  );
}
