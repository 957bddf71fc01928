/** Which tools draw what, and which of them the labels of a project allow. Pure. */
import { labelAllows, type LabelDef } from '@/canvas/document/model';
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

/** What a tool must find allowed: everything drawn on a video is a track. The smart tool makes polygons first of all. */
export function shapeOfTool(tool: string, isVideo: boolean): Shape | null {
  const shape = tool === 'smart' ? 'polygon' : (TOOL_SHAPES as Record<string, Shape>)[tool];
  if (!shape) return null;
  return isVideo ? 'track' : shape;
}

/** What the smart tool makes, as far as a label allows: outlines, else the boxes round them. */
export const SMART_SHAPES = ['polygon', 'mask', 'box'] as const;

export function allowsTool(label: LabelDef, tool: string, isVideo: boolean): boolean {
  if (tool === 'smart' && !isVideo) return SMART_SHAPES.some((shape) => labelAllows(label, shape));
  const shape = shapeOfTool(tool, isVideo);
  return shape === null || labelAllows(label, shape);
}

/** The tool that draws what a label allows, null for one that is only a tag (or, on a video, no track). */
export function toolForLabel(label: LabelDef, isVideo: boolean): ToolName | null {
  if (isVideo) return labelAllows(label, 'track') ? 'box' : null;
  const found = Object.entries(TOOL_SHAPES).find(([, shape]) => labelAllows(label, shape));
  return (found?.[0] as ToolName | undefined) ?? null;
}

/** Labels that are words for the whole picture and nothing else. */
export const isTagOnly = (label: Label): boolean =>
  label.shapes.length > 0 && label.shapes.every((shape) => shape === 'tag');

/** Shapes that some label of the project allows. */
export function allowedShapes(labels: readonly Label[]): ReadonlySet<Shape> {
  return new Set(labels.flatMap((label) => label.shapes));
}
