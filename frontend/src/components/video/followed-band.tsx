import type { Keyframe, Track } from '@/canvas/document/model';
import type { Span } from '@/canvas/document/tracks';
import { percent } from '@/lib/numbers';

import { videoWords as words } from './strings';
import css from './video.module.css';

type Stretch = { readonly from: number; readonly to: number; readonly confidence: number };

/** Below these a person should look, or at least glance. */
const DOUBTFUL = 0.4;
const FAIR = 0.6;

const gradeOf = (confidence: number): 'doubtful' | 'fair' | 'sure' =>
  confidence < DOUBTFUL ? 'doubtful' : confidence < FAIR ? 'fair' : 'sure';

const followed = ({ by, confidence }: Keyframe): number | null =>
  by === undefined ? null : (confidence ?? null);

/** Between keyframes of which a machine set one: as sure as the less sure of the two. */
export function followedStretches(keyframes: readonly Keyframe[]): Stretch[] {
  return keyframes.slice(1).flatMap((to, at) => {
    const from = keyframes[at];
    if (!from || from.outside) return [];
    const said = [followed(from), followed(to)].filter((each) => each !== null);
    return said.length === 0 ? [] : [{ from: from.frame, to: to.frame, confidence: Math.min(...said) }];
  });
}

type Props = { track: Track; place: (span: Span) => { left: string; width: string } };

/** A thin line under a lane's bar where the track was followed: the less sure, the more broken. */
export function FollowedBand({ track, place }: Props) {
  return followedStretches(track.keyframes).map(({ from, to, confidence }) => (
    <span
      key={from}
      className={css.followed}
      data-grade={gradeOf(confidence)}
      style={place({ from, to })}
      title={words.followed(percent(confidence))}
    />
  ));
}
