/** Every tool of an editor, by name. */

import { BoxTool } from './box';
import { CuboidTool } from './cuboid';
import { ellipseTool, skeletonTool } from './drawn';
import { BrushTool } from './mask-brush';
import { MeasureTool } from './measure';
import { PanTool } from './pan';
import { CutTool, PointsTool, PolylineTool } from './paths';
import { PolygonTool } from './polygon';
import { SelectTool } from './select';
import type { SmartTool } from './smart';
import type { Tool, ToolHost, ToolName } from './tool';

export type Toolbox = Readonly<Record<ToolName, Tool>> & { readonly measure: MeasureTool };

export function makeTools(host: ToolHost, smart: SmartTool): Toolbox {
  return {
    select: new SelectTool(host),
    box: new BoxTool(host),
    polygon: new PolygonTool(host),
    polyline: new PolylineTool(host),
    points: new PointsTool(host),
    ellipse: ellipseTool(host),
    cuboid: new CuboidTool(host),
    skeleton: skeletonTool(host),
    brush: new BrushTool(host, 'brush'),
    eraser: new BrushTool(host, 'eraser'),
    cut: new CutTool(host),
    measure: new MeasureTool(host),
    smart,
    pan: new PanTool(host),
  };
}

/** Tools that put something into the document; the last of them is the one of `N`. */
export const DRAW_TOOLS: readonly ToolName[] = [
  'box',
  'polygon',
  'polyline',
  'points',
  'ellipse',
  'cuboid',
  'skeleton',
  'brush',
  'smart',
];
