import { UnstyledButton, VisuallyHidden } from '@mantine/core';

import type { Suggestion } from '@/canvas/document/model';
import { trackAt, trackSpans } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { SHAPE_MARKS } from '@/components/shape-marks';
import { percent, score } from '@/lib/numbers';
import type { Label } from '@/types/api';

import { videoWords as words } from './strings';
import { shareOf, type View } from './timeline-view';
import css from './video.module.css';

type Props = {
  editor: Editor;
  labels: ReadonlyMap<string, Label>;
  selection: readonly string[];
  frame: number;
  last: number;
  view: View;
  /** What a dashed lane is, where it is no suggestion. */
  dashedAs: string | undefined;
  onSeek: (frame: number) => void;
};

/** More lanes than this nobody looks through here, and drawing them would hold everything up: the list has them all. */
export const LANES_MAX = 100;

/**
 * A dashed lane for each track that a model proposes: pick it to see it, then accept, edit or reject it like any
 * suggestion. At the review desk, for each that is gone.
 */
export function SuggestedLanes({ editor, labels, selection, frame, last, view, dashedAs, onSeek }: Props) {
  const kind = dashedAs ?? words.suggested;
  const share = (at: number) => Math.min(Math.max(shareOf(view, at), 0), 1);
  const pick = ({ id, track = [] }: Suggestion) => {
    editor.select([id]);
    const place = trackAt({ keyframes: track }, frame);
    // Where it is not to be seen nobody could decide it.
    if (!place || place.outside) onSeek(track[0]?.frame ?? frame);
  };
  const all = editor.shownSuggestions().filter(({ track }) => track !== undefined);
  const more = Math.max(0, all.length - LANES_MAX);
  const lanes = all.slice(0, LANES_MAX).map((row) => {
    const label = labels.get(row.labelId);
    const Mark = SHAPE_MARKS[row.shape?.type ?? 'box'].icon;
    const labelName = label?.name ?? words.unknownLabel;
    const name = `${kind}: ${labelName}`;
    return (
      <div key={row.id} className={css.lane} data-on={selection.includes(row.id) || undefined}>
        <UnstyledButton
          className={css.laneName}
          aria-pressed={selection.includes(row.id)}
          data-suggested
          title={name}
          onClick={() => pick(row)}
        >
          <Mark className={css.laneMark} size={12} stroke={1.8} color={label?.color ?? '#888'} aria-hidden />
          <VisuallyHidden>{kind}: </VisuallyHidden>
          <span className={css.laneText}>{labelName}</span>
          <span className={css.laneScore}>{score(row.score)}</span>
        </UnstyledButton>
        <div
          className={css.laneBody}
          title={row.score === null ? name : `${name}, ${percent(row.score)}`}
          onPointerDown={() => pick(row)}
        >
          {trackSpans({ keyframes: row.track ?? [] }).map(({ from, to }) => (
            <span
              key={from}
              className={css.suggested}
              style={{
                left: `${share(from) * 100}%`,
                width: `${(share(to ?? last + 1) - share(from)) * 100}%`,
                borderColor: label?.color ?? '#888',
              }}
            />
          ))}
          {shareOf(view, frame) >= 0 && shareOf(view, frame) <= 1 && (
            <span className={css.playhead} style={{ left: `${share(frame) * 100}%` }} />
          )}
        </div>
      </div>
    );
  });
  return (
    <>
      {lanes}
      {more > 0 && (
        <p className={css.none}>
          {dashedAs === undefined ? words.moreSuggested(more) : words.moreDashed(more)}
        </p>
      )}
    </>
  );
}
