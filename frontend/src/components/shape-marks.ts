/** Each shape's name and mark, the same in the tools, the object list and the settings. */
import {
  IconBrush,
  IconCube,
  IconGrain,
  IconMovie,
  IconOvalVertical,
  IconPolygon,
  IconSquare,
  IconStretching,
  IconTag,
  IconTimeline,
  type Icon,
} from '@tabler/icons-react';

import type { Shape } from '@/types/api';

export const SHAPE_MARKS: Readonly<Record<Shape, { name: string; icon: Icon }>> = {
  box: { name: 'box', icon: IconSquare },
  polygon: { name: 'polygon', icon: IconPolygon },
  mask: { name: 'mask', icon: IconBrush },
  polyline: { name: 'line', icon: IconTimeline },
  points: { name: 'points', icon: IconGrain },
  ellipse: { name: 'ellipse', icon: IconOvalVertical },
  cuboid: { name: 'cuboid', icon: IconCube },
  skeleton: { name: 'skeleton', icon: IconStretching },
  track: { name: 'track', icon: IconMovie },
  tag: { name: 'tag', icon: IconTag },
};
