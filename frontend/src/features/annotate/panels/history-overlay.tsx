import { useEffect, useSyncExternalStore } from 'react';

import type { Editor } from '@/canvas/editor';
import { shapeOutline, type Shape } from '@/canvas/geometry/shape';

import type { Compared } from '../work/compared';
import css from './history.module.css';

const DOT_PX = 3;
const PATTERNED = ['comesBack', 'goes', 'changes'];

/** The path of a shape in image pixels; `dot`: the radius of a lone point. */
function pathOf(shape: Shape, dot: number): string {
  const { rings, chains, dots } = shapeOutline(shape);
  const line = (points: readonly (readonly [number, number])[]) =>
    points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const circle = ([x, y]: readonly [number, number]) =>
    `M${x - dot} ${y}a${dot} ${dot} 0 1 0 ${2 * dot} 0a${dot} ${dot} 0 1 0 ${-2 * dot} 0`;
  return [...rings.map((ring) => `${line(ring)}Z`), ...chains.map(line), ...dots.map(circle)].join('');
}

type Props = { editor: Editor; compared: Compared };

/** A revision over the picture, in place of the labels. Colour and pattern both say what becomes of a shape. */
export function HistoryOverlay({ editor, compared }: Props) {
  const view = useSyncExternalStore(editor.subscribe, () => editor.viewport);
  useEffect(() => {
    const { shapes } = editor.display;
    editor.setDisplay({ shapes: false });
    return () => editor.setDisplay({ shapes });
  }, [editor]);
  const dot = DOT_PX / view.scale;
  const draw = (kind: string, shapes: readonly Shape[]) => (
    <path
      className={css.shape}
      data-kind={kind}
      style={PATTERNED.includes(kind) ? { fill: `url(#history-${kind})` } : undefined}
      d={shapes.map((shape) => pathOf(shape, dot)).join('')}
    />
  );
  const pattern = (kind: string, turn: number) => (
    <pattern
      id={`history-${kind}`}
      width={8}
      height={8}
      patternUnits="userSpaceOnUse"
      patternTransform={`scale(${1 / view.scale}) rotate(${turn})`}
    >
      <line className={css.hatch} data-kind={kind} x1={0} y1={0} x2={0} y2={8} />
      {kind === 'changes' && <line className={css.hatch} data-kind={kind} x1={0} y1={0} x2={8} y2={0} />}
    </pattern>
  );
  return (
    <svg className={css.overlay} width={view.width} height={view.height} aria-hidden>
      <defs>
        {pattern('comesBack', 45)}
        {pattern('goes', -45)}
        {pattern('changes', 0)}
      </defs>
      <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
        {draw('same', compared.same)}
        {draw('goes', compared.goes)}
        {draw(
          'was',
          compared.changes.map((each) => each.now),
        )}
        {draw(
          'changes',
          compared.changes.map((each) => each.then),
        )}
        {draw('comesBack', compared.comesBack)}
      </g>
    </svg>
  );
}
