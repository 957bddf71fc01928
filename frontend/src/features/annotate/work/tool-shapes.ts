/** Which tools draw what, and which of them the labels of a project allow. Pure. */
import { labelAllows, labelTracks, type LabelDef } from '@/canvas/document/model';
import type { ToolName } from '@/canvas/tools/tool';
import type { Label, Shape } from '@/types/api';

/** The shape a tool draws; of tools that draw none there is no entry. Best first: a label's tool is the first it allows. */
export const TOOL_SHAPES: Readonly<Partial<Record<ToolName | 'brush', Shape>>> = {
  box: 'box',
  polygon: 'polygon',
  brush: 'mask',
  polyline: 'polyline',
  points: 'points',
  ellipse: 'ellipse',
  cuboid: 'cuboid',
  skeleton: 'skeleton',
};

const DRAWN: readonly Shape[] = Object.values(TOOL_SHAPES);

/** What a tool must find allowed. The smart tool makes polygons first of all. */
export function shapeOfTool(tool: string): Shape | null {
  return tool === 'smart' ? 'polygon' : ((TOOL_SHAPES as Record<string, Shape>)[tool] ?? null);
}

/** What the smart tool makes, as far as a label allows: outlines, else the boxes round them. */
export const SMART_SHAPES = ['polygon', 'mask', 'box'] as const;

/** Everything drawn on a video is a track of its shape. */
const allows = (label: LabelDef, shape: Shape, isVideo: boolean): boolean =>
  isVideo ? labelTracks(label, shape) : labelAllows(label, shape);

export function allowsTool(label: LabelDef, tool: string, isVideo: boolean): boolean {
  if (tool === 'smart') return SMART_SHAPES.some((shape) => allows(label, shape, isVideo));
  const shape = shapeOfTool(tool);
  return shape === null || allows(label, shape, isVideo);
}

/** The shape that keeps a label from being drawn with a tool, `track` where it is not followed at all; null for none. */
export function unfitFor(label: LabelDef, tool: string, isVideo: boolean): Shape | null {
  if (allowsTool(label, tool, isVideo)) return null;
  return isVideo && !labelAllows(label, 'track') ? 'track' : shapeOfTool(tool);
}

/** The tool that draws what a label allows, null for one that is only a tag (or, on a video, no track). */
export function toolForLabel(label: LabelDef, isVideo: boolean): ToolName | null {
  const found = Object.entries(TOOL_SHAPES).find(([, shape]) => allows(label, shape, isVideo));
  return (found?.[0] as ToolName | undefined) ?? null;
}

/** Labels that are words for the whole picture and nothing else. */
export const isTagOnly = (label: Label): boolean =>
  label.shapes.length > 0 && label.shapes.every((shape) => shape === 'tag');

/** Shapes that some label of the project allows on pictures, or on videos. */
export function allowedShapes(labels: readonly Label[], isVideo: boolean): ReadonlySet<Shape> {
  const drawn = (label: Label) =>
    isVideo ? DRAWN.filter((shape) => labelTracks(label, shape)) : label.shapes;
  return new Set(labels.flatMap(drawn));
}
