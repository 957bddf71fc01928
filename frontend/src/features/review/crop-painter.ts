/** The page's end of the worker that paints crops. */
import type { WantedCrop } from './crop-paint';
import type { CropAsked, CropSaid } from './crop-worker';

export type CropWorker = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent<CropSaid>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export class CropPainter {
  private worker: CropWorker | null = null;
  private lastId = 0;
  private readonly asked = new Map<number, (blob: Blob) => void>();

  /** `failed` hears, once, that this browser paints none. */
  constructor(
    private readonly failed: () => void,
    private readonly make: () => CropWorker = () =>
      new Worker(new URL('./crop-worker.ts', import.meta.url), { type: 'module', name: 'crops' }),
  ) {}

  /** `show` hears the painted crop; never, where its picture cannot be had. Returns the way to want it no more. */
  ask(wanted: WantedCrop, show: (blob: Blob) => void): () => void {
    const id = (this.lastId += 1);
    this.asked.set(id, show);
    this.send({ id, wanted });
    return () => {
      if (this.asked.delete(id)) this.send({ id, wanted: null });
    };
  }

  stop(): void {
    this.worker?.terminate();
    this.worker = null;
    this.asked.clear();
  }

  private send(message: CropAsked): void {
    this.worker ??= this.start();
    this.worker.postMessage(message);
  }

  private start(): CropWorker {
    const worker = this.make();
    worker.onmessage = ({ data: { id, blob } }) => {
      const show = this.asked.get(id);
      this.asked.delete(id);
      if (blob) show?.(blob);
    };
    worker.onerror = () => {
      worker.onerror = null;
      this.failed();
    };
    return worker;
  }
}
