/** The assist of one open task: asks for the encoding, starts the browser's decoder, and gives the smart tool its provider. */
import { suggestionFromWire } from '@/canvas/document/wire';
import type { Box } from '@/canvas/geometry/box';
import type { Editor } from '@/canvas/editor';
import type { SmartProvider, SmartRequest } from '@/canvas/tools/smart-provider';
import { toApiError } from '@/lib/api-error';
import type { OpenTask } from '@/types/annotation';

import { answer, spareMs, type Asked, type Where } from './answers';
import {
  assistEncode,
  findEverything,
  jobOf,
  jobStop,
  outlineSuggestions,
  suggestionsOf,
  type AssistReady,
} from './api';
import { localAssist, type LocalAssist } from './local';
import { assistWords as words } from './strings';

const ENCODING_POLL_MS = 1_500;
const JOB_POLL_MS = 1_000;
/** A server that is being restarted, a line that was gone: asked again this often, milliseconds. */
const AGAIN_MS = 8_000;

export type AssistState = {
  readonly state: AssistReady['state'];
  readonly backend: AssistReady['backend'] | null;
  readonly message: string;
  /** When the encoding is expected to be done, epoch milliseconds; null where nobody can tell. */
  readonly readyAt: number | null;
  /** Who answers: the decoder in the browser, or the server while that starts, or because it cannot. */
  readonly where: Where;
  /** What the browser's decoder is at. */
  readonly local: LocalAssist['state'];
  /** In words, what goes on with suggestions: looking, done, nothing found. */
  readonly busy: string | null;
  readonly note: string | null;
  /** Ends what goes on, at the server too; null where that is over in a moment anyway. */
  readonly stop: (() => void) | null;
};

export const NO_ASSIST: AssistState = {
  state: 'unavailable',
  backend: null,
  message: '',
  readyAt: null,
  where: 'server',
  local: 'off',
  busy: null,
  note: null,
  stop: null,
};

export type Followed = {
  readonly task: OpenTask;
  readonly editor: Editor;
  readonly tell: (state: AssistState) => void;
  /** The picture's suggestions are others now. */
  readonly onSuggestions: (suggestions: OpenTask['suggestions']) => void;
};

const frameUrl = (assetId: string, frame: number): string =>
  `/api/v1/assets/${assetId}/frames/${String(frame)}.jpg`;

/** Returns the way to stop. */
export function followAssist(followed: Followed, local: LocalAssist = localAssist): () => void {
  const following = new Following(followed, local);
  void following.encode();
  return () => following.stop();
}

class Following {
  private view = NO_ASSIST;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;
  private hasProvider = false;
  private ready: AssistReady | null = null;
  private shownKey: string | null = null;
  private readonly unlisten: () => void;

  constructor(
    private readonly followed: Followed,
    private readonly local: LocalAssist,
  ) {
    this.unlisten = local.subscribe(() => this.set({}));
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.unlisten();
    this.followed.editor.setSmartProvider(null);
  }

  async encode(): Promise<void> {
    try {
      const ready = await assistEncode(this.followed.task.id);
      if (this.isOver) return;
      this.take(ready);
      if (ready.state === 'encoding') this.timer = setTimeout(() => void this.encode(), ENCODING_POLL_MS);
    } catch (error) {
      if (this.isOver) return;
      const told = toApiError(error);
      this.set({ ...NO_ASSIST, message: told.message });
      if (told.isTransient) this.timer = setTimeout(() => void this.encode(), AGAIN_MS);
    }
  }

  private take(ready: AssistReady): void {
    const { decoder, embedding, eta_seconds: eta, state, backend, message } = ready;
    const { asset } = this.followed.task;
    this.ready = ready;
    if (decoder) {
      const { kind, url, bytes, input_size: inputSize } = decoder;
      // While the picture is being encoded the decoder starts already.
      this.local.open({ kind, url, bytes, inputSize });
      const [height = 0, width = 0] = embedding?.original_size ?? [];
      const isShown = kind === 'assist' || embedding !== null;
      const size = { width: asset.width, height: asset.height };
      if (isShown && state === 'ready') {
        this.local.show({
          taskId: this.key,
          url: asset.kind === 'video' ? frameUrl(asset.id, this.frame ?? 0) : asset.image_url,
          size,
          embedding: embedding && { url: embedding.url, shape: embedding.shape, size: { width, height } },
        });
        this.shownKey = this.key;
      }
    }
    this.set({ state, backend, message, readyAt: eta === null ? null : Date.now() + eta * 1_000 });
  }

  private set(change: Partial<AssistState>): void {
    if (this.isOver) return;
    const where: Where = this.local.isReadyFor(this.key) ? 'browser' : 'server';
    this.view = { ...this.view, ...change, where, local: this.local.state };
    const wanted = this.view.state !== 'unavailable';
    if (wanted !== this.hasProvider) this.followed.editor.setSmartProvider(wanted ? this.provider() : null);
    this.hasProvider = wanted;
    this.followed.tell(this.view);
  }

  /** Of a video, the frame shown. */
  private get frame(): number | null {
    const { task, editor } = this.followed;
    return task.asset.kind === 'video' ? (editor.getSnapshot().frame ?? 0) : null;
  }

  /** By which the browser's decoder knows the picture: of a video, the frame. */
  private get key(): string {
    const { frame } = this;
    return frame === null ? this.followed.task.id : `${this.followed.task.id}/${String(frame)}`;
  }

  private asked(): Asked {
    const { id: taskId, asset } = this.followed.task;
    // Clicked in for the first time: the server answers, and the browser's decoder looks at the frame meanwhile.
    if (this.ready && this.shownKey !== this.key) this.take(this.ready);
    const size = { width: asset.width, height: asset.height };
    return { taskId, size, local: this.local, key: this.key, frame: this.frame };
  }

  private provider(): SmartProvider {
    const clicks = {
      ask: (request: SmartRequest) => answer(this.asked(), request, () => undefined),
      spareMs: () => spareMs(this.asked()),
    };
    // Suggestions are of pictures.
    if (this.frame !== null) return clicks;
    return {
      ...clicks,
      outlineSuggestions: (ids) => void this.outline(ids),
      everything: (box) => void this.everything(box),
    };
  }

  // ---- suggestions

  private async outline(ids: readonly string[]): Promise<void> {
    const { task, editor } = this.followed;
    await this.working(words.outlining, async () => {
      const { smartOutput } = editor.options;
      const { refined, skipped, suggestions } = await outlineSuggestions(task.id, ids, smartOutput);
      this.replace(suggestions);
      return words.outlined(refined, skipped[0]?.reason ?? null);
    });
  }

  private async everything(box: Box | null): Promise<void> {
    const { task, editor } = this.followed;
    const { labelId } = editor.getSnapshot();
    const busy = box ? words.searchingBox : words.searching;
    await this.working(busy, async () => {
      const corners = box && [box.x1, box.y1, box.x2, box.y2];
      let job = await findEverything(task.id, corners, labelId);
      const { id } = job;
      let isStopped = false;
      const stop = (): void => {
        isStopped = true;
        this.set({ busy: words.stopping, stop: null });
        // Over already, or out of reach: how it stands is asked below.
        void jobStop(id).catch(() => undefined);
      };
      this.set({ stop });
      while (job.state === 'queued' || job.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, JOB_POLL_MS));
        if (this.isOver) return null;
        job = await jobOf(id);
        if (!isStopped) this.set({ busy: words.searchedTo(busy, job.progress) });
      }
      if (job.state === 'cancelled') return words.stopped;
      if (job.state !== 'succeeded') throw new Error(job.error || words.searchFailed);
      const before = new Set(editor.document.state.suggestions.keys());
      const suggestions = await suggestionsOf(task.id);
      this.replace(suggestions);
      return words.found(suggestions.filter((each) => !before.has(each.id)).length);
    });
  }

  private replace(suggestions: OpenTask['suggestions']): void {
    if (this.isOver) return;
    this.followed.onSuggestions(suggestions);
    this.followed.editor.replaceSuggestions(suggestions.map(suggestionFromWire));
  }

  /** One at a time; what it says at its end stays until the next. */
  private async working(busy: string, work: () => Promise<string | null>): Promise<void> {
    if (this.view.busy !== null) return;
    this.set({ busy, note: null });
    try {
      this.set({ note: await work(), busy: null, stop: null });
    } catch (error) {
      const said = error instanceof Error && error.message ? error.message : toApiError(error).message;
      this.set({ note: said, busy: null, stop: null });
    }
  }
}
