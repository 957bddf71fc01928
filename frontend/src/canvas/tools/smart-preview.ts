/** What the smart tool shows: the chosen answer as the shape it becomes, the prompts, and a word on how it stands. */

import type { Box } from '../geometry/box';
import { fromPair } from '../geometry/points';
import { clipShape, type Shape } from '../geometry/shape';
import { boxShape } from '../geometry/shapes/box';
import type { Spans } from '../geometry/spans';
import { visibleBox } from '../viewport/viewport';
import type { SmartAsking } from './smart-asking';
import type { SmartProvider, SmartStatus } from './smart-provider';
import { outputFor, shapeOfSpans, verticesOf, type SmartShapeType } from './smart-shape';
import { candidateOf, lastOf, shownStep, type Step, type Steps } from './smart-steps';
import { NO_DRAFT, type Draft, type ToolHost } from './tool';

/** The part of the picture on the screen; all of it where none is. */
export function viewOf({ viewport, imageSize }: ToolHost): Box {
  const shown = clipShape(boxShape(visibleBox(viewport)), imageSize);
  const { x1, y1, x2, y2 } =
    shown?.type === 'box' ? shown : { x1: 0, y1: 0, x2: imageSize.width, y2: imageSize.height };
  return { x1, y1, x2, y2 };
}

export class SmartPreview {
  private made: { spans: Spans; key: string; shape: Shape | null } | null = null;

  constructor(private readonly host: ToolHost) {}

  /** Kept until the answer, the label or the options change: it is asked for with every frame. */
  shapeOf(spans: Spans, labelId?: string): Shape | null {
    const { options, imageSize } = this.host;
    const takes = (type: SmartShapeType): boolean => this.host.takes(type, labelId);
    const type = outputFor(options.smartOutput, takes);
    const key = `${type} ${String(options.smartTolerancePx)}`;
    if (this.made?.spans !== spans || this.made.key !== key) {
      const shape = shapeOfSpans(spans, type, options.smartTolerancePx);
      this.made = { spans, key, shape: shape && clipShape(shape, imageSize) };
    }
    return this.made.shape;
  }

  /** The shape that Enter would keep; null where there is none to keep. */
  chosen(steps: Steps, labelId?: string): Shape | null {
    return this.shown(lastOf(steps), labelId);
  }

  private shown(step: Step | null, labelId?: string): Shape | null {
    const candidate = candidateOf(step);
    return candidate && this.shapeOf(candidate.spans, labelId);
  }

  /** `boxing`: the box that is being dragged. A correction in its wait still shows what it corrects. */
  draft(steps: Steps, boxing: Box | null, glance: Spans | null, labelId?: string): Draft {
    const last = lastOf(steps);
    const box = boxing ?? last?.box;
    const preview = this.shown(shownStep(steps), labelId);
    const glimpse = glance && !steps.length ? this.shapeOf(glance) : null;
    const marks = last?.prompts ?? [];
    return {
      ...NO_DRAFT,
      shapes: [
        ...(preview ? [{ shape: preview, style: 'smart' } as const] : []),
        ...(glimpse ? [{ shape: glimpse, style: 'glance' } as const] : []),
        ...(box ? [{ shape: boxShape(box), style: 'new' } as const] : []),
      ],
      marks: marks.map(({ at, inside }) => ({ at: fromPair(at), style: inside ? 'in' : 'out' })),
    };
  }

  status(
    steps: Steps,
    asking: SmartAsking,
    provider: SmartProvider | null,
    labelId: string | undefined,
  ): Omit<SmartStatus, 'isRefining'> {
    const last = lastOf(steps);
    // A correction in its wait still tells of what it corrects, as it still shows it.
    const told = asking.isWaiting ? shownStep(steps) : last;
    const shape = this.shown(told, labelId);
    const stateOf = (): SmartStatus['state'] => {
      if (!provider) return 'unavailable';
      if (asking.isWaiting) return 'waiting';
      if (asking.failure !== null) return 'failed';
      if (!last?.answer) return 'idle';
      return shape ? 'preview' : 'empty';
    };
    return {
      state: stateOf(),
      prompts: (last?.prompts.length ?? 0) + (last?.box ? 1 : 0),
      score: candidateOf(told)?.score ?? null,
      message: asking.failure,
      candidates: told?.answer?.candidates.length ?? 0,
      chosen: told?.chosen ?? 0,
      shape: shape?.type ?? null,
      vertices: verticesOf(shape),
    };
  }
}
