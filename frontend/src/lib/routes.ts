/** What a feature declares in its `routes.tsx`; the shell finds these files by itself. */
import type { ComponentType } from 'react';

/**
 * `page`: padded and scrolling. `full`: the whole room beside the rail, no padding, for canvases and walls.
 * `bare`: no rail and no top line.
 */
export type Frame = 'page' | 'full' | 'bare';

export type FeatureRoute = {
  /** TanStack path, e.g. `/p/$projectId/data`. */
  path: string;
  /** Names the page in the top line and the browser's tab. */
  title: string;
  load: () => Promise<{ default: ComponentType }>;
  frame?: Frame;
  /** Reachable without signing in. */
  isPublic?: boolean;
};
