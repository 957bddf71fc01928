import { Button, Menu, NumberInput, Popover, Stack, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';

import { shapeOfTrack, trackAt } from '@/canvas/document/tracks';
import type { Editor } from '@/canvas/editor';
import type { ActionName } from '@/canvas/keymap';
import { HOLD_FRAMES_MAX } from '@/canvas/tools/options';
import { useEditorPart } from '@/hooks/use-editor';

import css from '../annotate.module.css';
import { FollowVerbs } from '../follow/follow-verbs';
import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { toolWords, trackWords as words } from './strings';
import { Verb } from './verb';

/** What it does, how it is called, and what that means where the name does not say it. */
type Item = readonly [action: ActionName, label: string, about?: string];

const when = (holds: boolean, ...items: Item[]): Item[] => (holds ? items : []);

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
  const isTag = tracks.every((track) => shapeOfTrack(track) === 'tag');
  const shapes = new Set(tracks.map(shapeOfTrack));
  const [only] = tracks;
  const isPair = tracks.length === 2 && shapes.size === 1;
  const mayCut = tracks.length === 1 && (only?.keyframes[0]?.frame ?? frame) < frame;
  const verb = (action: ActionName, label: string, about: string) => (
    <Verb
      label={label}
      about={about}
      hint={keyHint(editor.keymap, action)}
      onClick={() => void editor.perform(action)}
    />
  );
  if (tracks.length === 0) return null;
  if (places.length === 0) return verb('extendHere', words.begins, words.beginsAbout);
  const items: Item[] = [
    ['startHere', words.starts],
    ['endHere', words.ends],
    ['extendHere', words.extend],
    ...when(mayCut, ['splitTrack', words.split, words.splitAbout]),
    ...when(isPair, ['handOver', words.handOver], ['swapTracks', words.swap]),
    ...when(shapes.has('mask'), ['fillHoles', toolWords.fillHoles]),
  ];
  return (
    <>
      {!isTag &&
        verb(
          'keyframe',
          isKey ? words.unsetKey : words.setKey,
          isKey ? words.unsetKeyAbout : words.setKeyAbout,
        )}
      {verb(
        'outside',
        isOutside ? words.returns : words.leaves,
        isOutside ? words.returnsAbout : words.leavesAbout,
      )}
      {!isTag &&
        !isOutside &&
        verb('occluded', isOccluded ? words.uncovered : words.covered, words.coveredAbout)}
      {isPair && verb('join', words.join, words.joinAbout)}
      {tracks.length === 1 && !isOutside && !isTag && <FollowVerbs />}
      {!isOutside && !isTag && <Hold editor={editor} />}
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <Button
            className={own.more}
            size="compact-xs"
            variant="default"
            title={words.moreAbout}
            rightSection={<IconChevronDown size={12} />}
          >
            {words.more}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {items.map(([action, label, about]) => (
            <Menu.Item
              key={action}
              title={about}
              rightSection={
                <span className={css.key} data-key-hint>
                  {keyHint(editor.keymap, action)}
                </span>
              }
              onClick={() => void editor.perform(action)}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <span className={own.hint}>{isTag ? words.tagHint : words.hint}</span>
    </>
  );
}

/** For how many frames, and do it. */
function Hold({ editor }: { editor: Editor }) {
  const frames = useEditorPart(editor, (snapshot) => snapshot.options.holdFrames);
  const [isOpen, setOpen] = useState(false);
  const go = () => {
    editor.perform('holdNext');
    setOpen(false);
  };
  const hint = keyHint(editor.keymap, 'holdNext');
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          title={`${words.holdAbout} (${hint})`}
          onClick={() => setOpen(!isOpen)}
        >
          {words.hold}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <NumberInput
            size="xs"
            label={words.holdFor}
            min={1}
            max={HOLD_FRAMES_MAX}
            allowDecimal={false}
            value={frames}
            data-autofocus
            onChange={(value) =>
              typeof value === 'number' &&
              value >= 1 &&
              editor.setOptions({ holdFrames: Math.min(Math.round(value), HOLD_FRAMES_MAX) })
            }
            onKeyDown={(event) => event.key === 'Enter' && go()}
          />
          <Button size="xs" onClick={go}>
            {words.holdNow(frames)}
          </Button>
          <Text size="xs" c="dimmed">
            {words.paste}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
