/** The choices of the smart bar: which outline, as what, how closely. */
import { ActionIcon, SegmentedControl, Switch, Text, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';

import type { Editor } from '@/canvas/editor';
import { SMART_TOLERANCE_MAX_PX as MAX, SMART_TOLERANCE_MIN_PX as MIN } from '@/canvas/tools/options';
import type { SmartStatus } from '@/canvas/tools/smart-provider';
import { LogSlider } from '@/components/log-slider';
import { useEditorPart } from '@/hooks/use-editor';
import { percent } from '@/lib/numbers';

import { keyHint } from '../work/keys';
import css from './smart.module.css';
import { assistWords as words } from './strings';

type Choice = { editor: Editor } & Pick<SmartStatus, 'candidates' | 'chosen' | 'score'>;

export const OutlineChoice = memo(function OutlineChoice({ editor, candidates, chosen, score }: Choice) {
  const hint = (action: string): string => keyHint(editor.keymap, action);
  return (
    <span className={css.choice}>
      {candidates > 1 && (
        <>
          <Tooltip label={`${words.before} (${hint('previousOutline')})`}>
            <ActionIcon size={24} aria-label={words.before} onClick={() => editor.chooseOutline(-1)}>
              <IconChevronLeft size={14} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
          <span className={css.number}>{words.outline(chosen + 1, candidates)}</span>
          <Tooltip label={`${words.nextOutline} (Tab, ${hint('nextOutline')})`}>
            <ActionIcon size={24} aria-label={words.nextOutline} onClick={() => editor.chooseOutline(1)}>
              <IconChevronRight size={14} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
      {score !== null && (
        <Tooltip label={words.sureAbout} multiline maw={240}>
          <Text span size="xs" c="dimmed">
            {words.sure(percent(score))}
          </Text>
        </Tooltip>
      )}
    </span>
  );
});

export function Tolerance({ editor, vertices }: { editor: Editor; vertices: number }) {
  return (
    <span className={css.choice}>
      <ToleranceSlider editor={editor} />
      <span className={css.number}>{words.points(vertices)}</span>
    </span>
  );
}

const ToleranceSlider = memo(function ToleranceSlider({ editor }: { editor: Editor }) {
  const px = useEditorPart(editor, ({ options }) => options.smartTolerancePx);
  const said = words.toleranceOf(px);
  return (
    <Tooltip label={`${words.tolerance}: ${said}`}>
      <span className={css.choice}>
        <LogSlider
          name={words.tolerance}
          said={said}
          value={px}
          min={MIN}
          max={MAX}
          round={0.01}
          width={88}
          step={0.02}
          onChange={(smartTolerancePx) => editor.setOptions({ smartTolerancePx })}
        />
      </span>
    </Tooltip>
  );
});

type Output = { editor: Editor; shape: SmartStatus['shape'] };

export const OutputChoice = memo(function OutputChoice({ editor, shape }: Output) {
  const output = useEditorPart(editor, ({ options }) => options.smartOutput);
  useEditorPart(editor, ({ labelId }) => labelId);
  const takesBoth = editor.takes('polygon') && editor.takes('mask');
  if (shape === 'box') {
    return (
      <Text span size="xs" c="dimmed">
        {words.becomesBox}
      </Text>
    );
  }
  if (!takesBoth) return null;
  return (
    <SegmentedControl
      size="xs"
      aria-label={words.output}
      data={[
        { value: 'polygon', label: words.outputs.polygon },
        { value: 'mask', label: words.outputs.mask },
      ]}
      value={output}
      onChange={(smartOutput) => editor.setOptions({ smartOutput })}
    />
  );
});

export function GlanceSwitch({ editor }: { editor: Editor }) {
  const glances = useEditorPart(editor, ({ options }) => options.smartGlances);
  return (
    <Switch
      size="xs"
      label={words.glances}
      title={words.glancesAbout}
      checked={glances}
      onChange={(event) => editor.setOptions({ smartGlances: event.currentTarget.checked })}
    />
  );
}
