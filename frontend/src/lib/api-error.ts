/** The one error that reaches pages: what the server said, or why it could not be reached. */

export type ErrorBody = {
  code?: string;
  message?: string;
  fields?: Record<string, string>;
  request_id?: string;
  [extra: string]: unknown;
};

/** `status` 0 means that no answer came at all (offline, server restarting). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;
  readonly requestId: string;
  /** Everything else of the body, such as `current` of a stale save. */
  readonly extra: Record<string, unknown>;

  constructor(status: number, body: ErrorBody, requestId = '') {
    const { code, message, fields, request_id, ...extra } = body;
    super(message ?? fallbackMessage(status));
    this.status = status;
    this.code = code ?? (status === 0 ? 'unreachable' : `http_${status}`);
    this.fields = fields ?? {};
    this.requestId = request_id ?? requestId;
    this.extra = extra;
  }

  get isUnreachable(): boolean {
    return this.status === 0;
  }
  get isSignedOut(): boolean {
    return this.status === 401;
  }
  /** Not there, not shared with this person, or too low a role. */
  get isRefused(): boolean {
    return this.status === 403 || this.status === 404;
  }
  get isStale(): boolean {
    return this.status === 412;
  }
  /** Trying the same again may help. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function fallbackMessage(status: number): string {
  if (status === 0) return 'The server did not answer. Check the connection; nothing was lost on this page.';
  if (status >= 500) return 'The server ran into a problem. Nothing was changed; try again.';
  return `The server refused this (${status}).`;
}

/** Any thrown value as an ApiError, so that pages handle one kind. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError) return new ApiError(0, { code: 'unreachable' });
  return new ApiError(0, {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
  });
}
