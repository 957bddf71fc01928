import type { ActionName } from '@/canvas/keymap';
import { trackAt } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';

import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { trackWords as words } from './strings';
import { Verb } from './verb';

type Props = { editor: Editor; selection: readonly string[] };

/** What can be done to the selected tracks at the frame shown. */
export function TrackOptions({ editor, selection }: Props) {
  const frame = useEditorPart(editor, (snapshot) => snapshot.frame) ?? 0;
  const all = editor.document.state.tracks;
  const tracks = selection.map((id) => all.get(id)).filter((track) => track !== undefined);
  const places = tracks.map((track) => trackAt(track, frame)).filter((place) => place !== null);
  const isKey = places.every((place) => place.isKeyframe);
  const isOutside = places.every((place) => place.outside);
  const isOccluded = places.every((place) => place.occluded);
  const [only] = tracks;
  const mayCut = tracks.length === 1 && (only?.keyframes[0]?.frame ?? frame) < frame;
  const verb = (action: ActionName, label: string, about: string) => (
    <Verb
      label={label}
      about={about}
      hint={keyHint(editor.keymap, action)}
      onClick={() => void editor.perform(action)}
    />
  );
  if (places.length === 0) return verb('keyframe', words.begins, words.beginsAbout);
  return (
    <>
      {verb(
        'keyframe',
        isKey ? words.unsetKey : words.setKey,
        isKey ? words.unsetKeyAbout : words.setKeyAbout,
      )}
      {verb(
        'outside',
        isOutside ? words.returns : words.leaves,
        isOutside ? words.returnsAbout : words.leavesAbout,
      )}
      {!isOutside && verb('occluded', isOccluded ? words.uncovered : words.covered, words.coveredAbout)}
      {mayCut && verb('splitTrack', words.split, words.splitAbout)}
      {tracks.length === 2 && verb('join', words.join, words.joinAbout)}
      <span className={own.hint}>{words.hint}</span>
    </>
  );
}
