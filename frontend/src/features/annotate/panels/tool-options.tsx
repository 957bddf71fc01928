import { SegmentedControl, Switch, Text } from '@mantine/core';

import type { Editor } from '@/canvas/editor';
import { BRUSH_MAX_PX, BRUSH_MIN_PX, type ToolOptions } from '@/canvas/tools/options';
import { LogSlider } from '@/components/log-slider';
import { useEditorPart } from '@/hooks/use-editor';

import { keyHint } from '../work/keys';
import own from './panels.module.css';
import { measureText, toolWords as words } from './strings';

type Props = { editor: Editor; tool: string; options: ToolOptions };

const SNAPS = new Set(['box', 'polygon', 'polyline', 'points', 'cut']);

/** How the tool in hand draws, and one line on how to use it. */
export function ToolOptionsView({ editor, tool, options }: Props) {
  const paints = tool === 'brush' || tool === 'eraser';
  const snapHint = keyHint(editor.keymap, 'snap');
  return (
    <>
      {tool === 'box' && (
        <SegmentedControl
          size="xs"
          aria-label={words.boxBy}
          data={[
            { value: 'drag', label: words.boxWays.drag },
            { value: 'extreme', label: words.boxWays.extreme },
            { value: 'turned', label: words.boxWays.turned },
          ]}
          value={options.boxBy}
          onChange={(boxBy) => editor.setOptions({ boxBy })}
        />
      )}
      {tool === 'polygon' && (
        <SegmentedControl
          size="xs"
          aria-label={words.combine}
          data={[
            { value: 'new', label: words.combines.new },
            { value: 'add', label: words.combines.add },
            { value: 'subtract', label: words.combines.subtract },
          ]}
          value={options.combine}
          onChange={(combine) => editor.setOptions({ combine })}
        />
      )}
      {paints && <BrushOptions editor={editor} options={options} />}
      {SNAPS.has(tool) && (
        <Switch
          size="xs"
          label={words.snap}
          title={snapHint ? `${words.snapAbout} (${snapHint})` : words.snapAbout}
          checked={options.snap}
          onChange={(event) => editor.setOptions({ snap: event.currentTarget.checked })}
        />
      )}
      {tool === 'measure' ? (
        <Measure editor={editor} />
      ) : (
        <Text size="xs" c="dimmed" className={own.hint}>
          {words.hint(tool, options)}
        </Text>
      )}
    </>
  );
}

function BrushOptions({ editor, options }: { editor: Editor; options: ToolOptions }) {
  const keys = [keyHint(editor.keymap, 'brushSmaller'), keyHint(editor.keymap, 'brushLarger')];
  return (
    <>
      <Text size="xs" c="dimmed" title={words.brushKeys(keys)}>
        {words.brushSize}
      </Text>
      <LogSlider
        name={words.brushSize}
        said={words.pixels(options.brushPx)}
        value={options.brushPx}
        min={BRUSH_MIN_PX}
        max={BRUSH_MAX_PX}
        round={1}
        width={120}
        step={0.005}
        onChange={(brushPx) => editor.setOptions({ brushPx })}
      />
      <span className={own.brushPx}>{words.pixels(options.brushPx)}</span>
      <SegmentedControl
        size="xs"
        aria-label={words.brushShape}
        data={[
          { value: 'round', label: words.brushShapes.round },
          { value: 'square', label: words.brushShapes.square },
        ]}
        value={options.brushShape}
        onChange={(brushShape) => editor.setOptions({ brushShape })}
      />
    </>
  );
}

function Measure({ editor }: { editor: Editor }) {
  const measured = useEditorPart(editor, (snapshot) => snapshot.measured);
  return (
    <Text size="xs" c={measured ? undefined : 'dimmed'} className={own.hint} role="status">
      {measured ? measureText(measured) : words.hint('measure', null)}
    </Text>
  );
}
