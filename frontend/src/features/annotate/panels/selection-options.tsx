import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconStackBack, IconStackFront } from '@tabler/icons-react';

import type { Editor } from '@/canvas/editor';
import { useEditorPart } from '@/hooks/use-editor';
import type { Label } from '@/types/api';

import { keyHint } from '../work/keys';
import { maskVerbs } from './mask-verbs';
import own from './panels.module.css';
import { toolWords as words } from './strings';

type Props = { editor: Editor; labels: readonly Label[]; isVideo: boolean };

/** What can be done to the shapes of the selected objects. */
export function SelectionOptions({ editor, labels, isVideo }: Props) {
  const selection = useEditorPart(editor, (snapshot) => snapshot.selection);
  useEditorPart(editor, (snapshot) => snapshot.revision);
  const regions = selection
    .map((id) => editor.document.state.regions.get(id))
    .filter((region) => region !== undefined);
  if (regions.length === 0 || isVideo) {
    return <span className={own.hint}>{isVideo ? words.trackHint : words.suggestionHint}</span>;
  }
  const polygons = regions.filter((region) => region.shape.type === 'polygon');
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
      {polygons.length > 1 && (
        <Verb
          label={words.join}
          about={words.joinAbout}
          hint={hint('join')}
          onClick={() => editor.perform('join')}
        />
      )}
      {maskVerbs(editor, regions, labels).map((verb) => (
        <Verb key={verb.label} {...verb} />
      ))}
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
}

type VerbProps = { label: string; about: string; hint: string; onClick: () => void };

function Verb({ label, about, hint, onClick }: VerbProps) {
  return (
    <Tooltip label={hint ? `${about} (${hint})` : about}>
      <Button size="compact-xs" variant="default" onClick={onClick}>
        {label}
      </Button>
    </Tooltip>
  );
}
