/** What else is drawn as a box: ellipses inside it, skeletons by their template. */

import { boxCentre, type Box } from '../geometry/box';
import { ellipseShape, type EllipseShape } from '../geometry/shapes/ellipse';
import { skeletonShape, type SkeletonShape, type SkeletonTemplate } from '../geometry/shapes/skeleton';
import { DragBoxTool } from './drag-box';
import type { ToolHost } from './tool';

export function ellipseIn(box: Box): EllipseShape | null {
  const [rx, ry] = [(box.x2 - box.x1) / 2, (box.y2 - box.y1) / 2];
  return rx > 0 && ry > 0 ? ellipseShape(boxCentre(box), [rx, ry]) : null;
}

/** The template laid into the box, every keypoint visible. */
export function skeletonIn(box: Box, template: SkeletonTemplate): SkeletonShape {
  const [width, height] = [box.x2 - box.x1, box.y2 - box.y1];
  return skeletonShape(
    template.points.map(({ x, y }) => ({ x: box.x1 + x * width, y: box.y1 + y * height, v: 2 })),
  );
}

export const ellipseTool = (host: ToolHost): DragBoxTool =>
  new DragBoxTool(host, { name: 'ellipse', verb: 'Draw ellipse', shapeOf: ellipseIn });

export const skeletonTool = (host: ToolHost): DragBoxTool =>
  new DragBoxTool(host, {
    name: 'skeleton',
    verb: 'Draw skeleton',
    shapeOf: (box) => {
      const template = host.skeletonTemplate();
      return template && skeletonIn(box, template);
    },
  });
