/** The tools of the rail: what each is called, which key it has, and when it is shown. Pure. */
import type { Label } from '@/types/api';

import { allowedShapes, shapeOfTool, SMART_SHAPES } from './tool-shapes';

/** Names of the canvas's tools; one that it does not have is not shown. */
export type RailTool =
  | 'select'
  | 'pan'
  | 'smart'
  | 'box'
  | 'polygon'
  | 'brush'
  | 'eraser'
  | 'polyline'
  | 'points'
  | 'ellipse'
  | 'cuboid'
  | 'skeleton'
  | 'cut'
  | 'measure';

/** The action of the keymap that takes a tool up. */
export const actionOf = (tool: RailTool): string => `tool${tool[0]?.toUpperCase() ?? ''}${tool.slice(1)}`;

export type RailGroups = {
  /** Always there. */
  readonly basic: readonly RailTool[];
  /** Those that draw what some label of the project allows. */
  readonly drawing: readonly RailTool[];
  /** Behind "more": they draw nothing. */
  readonly more: readonly RailTool[];
};

const DRAWING: readonly RailTool[] = [
  'smart',
  'box',
  'polygon',
  'brush',
  'eraser',
  'polyline',
  'points',
  'ellipse',
  'cuboid',
  'skeleton',
];

type Where = { isVideo: boolean; hasAssist: boolean; has: (tool: RailTool) => boolean };

/** `has`: whether the canvas has the tool at all. */
export function railGroups(labels: readonly Label[], { isVideo, hasAssist, has }: Where): RailGroups {
  const allowed = allowedShapes(labels, isVideo);
  const anything = labels.some((label) => label.shapes.length === 0);
  const isWanted = (tool: RailTool): boolean => {
    if (!has(tool)) return false;
    if (tool === 'smart') return hasAssist && (anything || SMART_SHAPES.some((shape) => allowed.has(shape)));
    const shape = tool === 'eraser' ? 'mask' : shapeOfTool(tool);
    return shape !== null && (anything || allowed.has(shape));
  };
  const cuts = anything || allowed.has('polygon');
  return {
    basic: ['select', 'pan'],
    drawing: DRAWING.filter(isWanted),
    more: (['cut', 'measure'] as const).filter((tool) => has(tool) && (tool !== 'cut' || cuts)),
  };
}
