import { ActionIcon, Tooltip } from '@mantine/core';
import { IconStackBack, IconStackFront } from '@tabler/icons-react';
import { memo, useDeferredValue } from 'react';

import { labelAllows, type Region } from '@/canvas/document/model';
import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label, Shape } from '@/types/api';

import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { toolWords as words } from './strings';
import { TrackOptions } from './track-options';
import { Verb } from './verb';

type Props = { editor: Editor; labels: readonly Label[]; isVideo: boolean };

/** Shapes that are areas and no masks yet. */
const AREAS = new Set(['box', 'polygon', 'ellipse']);

/** What can be done to the shapes of the selected objects; a click is answered elsewhere first. */
export function SelectionOptions(props: Props) {
  const { editor } = props;
  const selection = useDeferredValue(useEditorPart(editor, (snapshot) => snapshot.selection));
  const revision = useEditorPart(editor, (snapshot) => snapshot.revision);
  return <Verbs {...props} selection={selection} revision={revision} />;
}

type VerbsProps = Props & { selection: readonly string[]; revision: number };

/** `revision` stands for the document. */
const Verbs = memo(function Verbs({ editor, labels, isVideo, selection }: VerbsProps) {
  const regions = selection
    .map((id) => editor.document.state.regions.get(id))
    .filter((region) => region !== undefined);
  if (isVideo) return <TrackOptions editor={editor} selection={selection} />;
  if (regions.length === 0) return <span className={own.hint}>{words.suggestionHint}</span>;
  const polygons = regions.filter((region) => region.shape.type === 'polygon');
  const masks = regions.filter((region) => region.shape.type === 'mask');
  const allows = (region: Region, shape: Shape): boolean => {
    const label = labels.find((each) => each.id === region.labelId);
    return label !== undefined && labelAllows(label, shape);
  };
  const hint = (action: string) => keyHint(editor.keymap, action);
  return (
    <>
      {polygons.length > 0 && (
        <Verb
          label={words.cut}
          about={words.cutAbout}
          hint={hint('toolCut')}
          onClick={() => editor.setTool('cut')}
        />
      )}
      {(polygons.length > 1 || masks.length > 1) && (
        <Verb
          label={words.join}
          about={words.joinAbout}
          hint={hint('join')}
          onClick={() => editor.perform('join')}
        />
      )}
      {masks.length > 0 && (
        <Verb
          label={words.fillHoles}
          about={words.fillHolesAbout}
          hint={hint('fillHoles')}
          onClick={() => editor.perform('fillHoles')}
        />
      )}
      {masks.some((region) => allows(region, 'polygon')) && (
        <Verb
          label={words.toPolygon}
          about={words.toPolygonAbout}
          hint={hint('toPolygon')}
          onClick={() => editor.perform('toPolygon')}
        />
      )}
      {regions.some((region) => AREAS.has(region.shape.type) && allows(region, 'mask')) && (
        <Verb
          label={words.toMask}
          about={words.toMaskAbout}
          hint={hint('toMask')}
          onClick={() => editor.perform('toMask')}
        />
      )}
      <Tooltip label={`${words.front} (${hint('front')})`}>
        <ActionIcon size={28} aria-label={words.front} onClick={() => editor.reorderSelection('front')}>
          <IconStackFront size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${words.back} (${hint('back')})`}>
        <ActionIcon size={28} aria-label={words.back} onClick={() => editor.reorderSelection('back')}>
          <IconStackBack size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  );
});
