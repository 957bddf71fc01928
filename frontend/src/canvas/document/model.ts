/** The values of an annotation document. All of them frozen by type: only commands make new ones. */

import type { Shape } from '../geometry/shape';
import type { SkeletonTemplate } from '../geometry/shapes/skeleton';

export type Source = 'person' | 'model' | 'import';
export type AttributeValue = string | number | boolean | null;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One object in one image. */
export type Region = {
  readonly id: string;
  readonly labelId: string;
  readonly shape: Shape;
  readonly attributes: Attributes;
  readonly source: Source;
  /** The suggestion it came from, accepted as it was (`source: 'model'`) or mended (`source: 'person'`). */
  readonly suggestionId: string | null;
  readonly score: number | null;
  readonly hidden: boolean;
  readonly locked: boolean;
  readonly zIndex: number;
  /** Partly hidden by something else in the picture. */
  readonly occluded: boolean;
  /** Shared by the objects that belong together. */
  readonly groupId: string | null;
};

/** A class of the whole image. */
export type Tag = {
  readonly id: string;
  readonly labelId: string;
  readonly attributes: Attributes;
  readonly source: Source;
  readonly suggestionId: string | null;
};

export type SuggestionStatus = 'open' | 'accepted' | 'fixed' | 'rejected';

/** What a model proposes. `shape: null` proposes a tag. `regionId`: what it became (a region or tag). */
export type Suggestion = {
  readonly id: string;
  readonly labelId: string;
  readonly shape: Shape | null;
  /** On a video: where it is, frame by frame; `shape` is then the first of them. */
  readonly track?: readonly Keyframe[];
  readonly attributes: Attributes;
  /** Null where no model said it, such as what a revision took away: the slider never hides it. */
  readonly score: number | null;
  readonly status: SuggestionStatus;
  readonly regionId: string | null;
};

/** Whether it is still to be decided and not below the slider. */
export const isShown = ({ status, score }: Suggestion, threshold: number): boolean =>
  status === 'open' && (score === null || score >= threshold);

/** Best first; what has no score before all others. */
export const byScore = (a: Suggestion, b: Suggestion): number => (b.score ?? 1) - (a.score ?? 1);

/** Who set a keyframe, where it was no person. */
export type KeyframeSource = 'tracker' | 'segmenter' | 'interpolation';

/**
 * A track's stated place at one frame; `outside` ends its presence until the next keyframe. `shape` is null in tracks
 * of a tag, which say over which frames it holds, and of one type in all keyframes of a track.
 */
export type Keyframe = {
  readonly frame: number;
  readonly shape: Shape | null;
  readonly outside: boolean;
  readonly occluded: boolean;
  /** Values that hold from here on; null takes one back. */
  readonly attributes?: Attributes;
  /** Absent: a person. */
  readonly by?: KeyframeSource;
  /** Of a machine's keyframe, 0..1. */
  readonly confidence?: number;
};

/** One object through a video; `keyframes` rise by `frame`, one at most per frame. */
export type Track = {
  readonly id: string;
  readonly labelId: string;
  /** Of all frames, unless a keyframe says otherwise. */
  readonly attributes: Attributes;
  readonly source: Source;
  readonly suggestionId: string | null;
  readonly hidden: boolean;
  readonly locked: boolean;
  readonly keyframes: readonly Keyframe[];
};

export type Rows = { regions: Region; suggestions: Suggestion; tags: Tag; tracks: Track };
export type TableName = keyof Rows;
export type DocState = { readonly [T in TableName]: ReadonlyMap<string, Rows[T]> };

/** The form in which a document comes and goes: plain lists. */
export type DocumentData = { readonly [T in TableName]?: readonly Rows[T][] };

/** What a label says of one attribute, as far as the canvas needs it. */
export type AttributeDef = {
  readonly id?: string;
  /** Anything that is no plain value counts as no default. */
  readonly default?: unknown;
  /** `bool`, `select` and so on; only the first of them means something here. */
  readonly type?: string;
  readonly required?: boolean;
};

export type LabelDef = {
  readonly id: string;
  readonly name: string;
  /** CSS colour; absent: the palette's, by position. */
  readonly color?: string | null;
  /** One character that picks it; absent or empty: the digit of its position. */
  readonly shortcut?: string | null;
  /** Which shapes may carry it (`ShapeType`, 'track', 'tag'); absent or empty: all. */
  readonly shapes?: readonly string[];
  /** The template of its skeletons. */
  readonly skeleton?: SkeletonTemplate | null;
  /** What its objects are further asked for; their defaults are set as they are made. */
  readonly attributes?: readonly AttributeDef[];
};

export type Ontology = { readonly labels: readonly LabelDef[] };

export function labelAllows(label: LabelDef, shape: string): boolean {
  return !label.shapes?.length || label.shapes.includes(shape);
}

/** Whether a label's objects are drawn as tracks of that shape: where it says of tracks alone, of boxes. */
export function labelTracks(label: LabelDef, shape: string): boolean {
  if (!labelAllows(label, 'track')) return false;
  const drawn = label.shapes?.filter((each) => each !== 'track' && each !== 'tag') ?? [];
  return drawn.length || !label.shapes?.length ? labelAllows(label, shape) : shape === 'box';
}

export function emptyState(): DocState {
  return { regions: new Map(), suggestions: new Map(), tags: new Map(), tracks: new Map() };
}

export function stateOf(data: DocumentData): DocState {
  const table = <R extends { id: string }>(rows: readonly R[] = []): Map<string, R> =>
    new Map(rows.map((row) => [row.id, row]));
  return {
    regions: table(data.regions),
    suggestions: table(data.suggestions),
    tags: table(data.tags),
    tracks: table(data.tracks),
  };
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Lists in a fixed order (regions by z, then id), so that equal documents compare equal. */
export function dataOf(state: DocState): Required<DocumentData> {
  return {
    regions: [...state.regions.values()].sort((a, b) => a.zIndex - b.zIndex || byId(a, b)),
    suggestions: [...state.suggestions.values()].sort(byId),
    tags: [...state.tags.values()].sort(byId),
    tracks: [...state.tracks.values()].sort(byId),
  };
}
