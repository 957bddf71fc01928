/** The graphs behind the decoders, through ONNX Runtime. The library is handed in: the worker's wasm, or a test's. */
import type * as Runtime from 'onnxruntime-web/wasm';

import type { RunNetwork } from './network';
import type { RunSam } from './sam';

export type Ort = typeof Runtime;
export type Session = Runtime.InferenceSession;

const CHANNELS = 7;

export const openGraph = (ort: Ort, graph: Uint8Array): Promise<Session> =>
  ort.InferenceSession.create(graph, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });

const floats = (tensor: Runtime.Tensor | undefined): Float32Array => tensor?.data as Float32Array;

export function networkOf(ort: Ort, session: Session): RunNetwork {
  return async (image, size) => {
    const shape = [1, CHANNELS, size, size];
    const { masks, scores } = await session.run({ images: new ort.Tensor('float32', image, shape) });
    return { mask: floats(masks), score: floats(scores)[0] ?? 0 };
  };
}

/** Whether the network takes no other side than the one it was made for. */
export function isFixed({ inputMetadata }: Session): boolean {
  const [input] = inputMetadata;
  return !input?.isTensor || typeof input.shape.at(-1) === 'number';
}

/** `shape`: (C, h, w) of the embedding; the decoder's masks are four times as fine. */
export function samOf(ort: Ort, session: Session, embedding: Float32Array, shape: readonly number[]): RunSam {
  const image = new ort.Tensor('float32', embedding, [1, ...shape]);
  const low = 4 * (shape[1] ?? 0);
  const nothing = new Float32Array(low * low);
  return async ({ points, labels, before }) => {
    const { low_res_masks, iou_predictions } = await session.run({
      image_embeddings: image,
      point_coords: new ort.Tensor('float32', points, [1, labels.length, 2]),
      point_labels: new ort.Tensor('float32', labels, [1, labels.length]),
      mask_input: new ort.Tensor('float32', before ?? nothing, [1, 1, low, low]),
      has_mask_input: new ort.Tensor('float32', Float32Array.of(before ? 1 : 0), [1]),
    });
    return { masks: floats(low_res_masks), scores: floats(iou_predictions) };
  };
}
