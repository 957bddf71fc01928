/**
 * Which cached answers an event makes old. Query keys start with the resource's name and, where it belongs to a
 * project, the project's id: `['assets', projectId, filters]`.
 */
import type { QueryClient, QueryKey } from '@tanstack/react-query';

import type { EventStream, ServerEvent } from '@/lib/event-stream';

/** Ingest can ring hundreds of times a second; the screen needs it about once. */
const GATHER_MS = 800;

const IN_PROJECT: Record<string, string[]> = {
  job: ['overview', 'learning-state', 'selections', 'drift', 'approval'],
  asset_ready: ['assets', 'overview', 'tasks', 'work-summary'],
  suggestions: ['suggestions', 'assets', 'overview'],
  task: ['tasks', 'assets', 'seams', 'review', 'overview', 'work-summary', 'person-work'],
  model: ['models', 'learning-curve', 'learning-state', 'overview'],
  training: ['trainings', 'models', 'learning-curve'],
  policy: ['approval'],
  label_errors: ['label-errors'],
  checks: ['person-checks', 'agreement', 'truth'],
  plan: ['planning', 'tasks'],
  feed: ['feeds', 'overview'],
  marking: ['markings'],
  rule: ['rules'],
  incident: ['incidents'],
};
const EVERYWHERE: Record<string, string[]> = {
  job: ['jobs'],
  plan: ['own-part'],
  notice: ['notices'],
  task: ['home'],
  asset_ready: ['home'],
  model: ['home'],
  calibration: ['calibrations'],
};

export function keysOf(event: ServerEvent): QueryKey[] {
  const scope = event.project_id ? [event.project_id] : [];
  return [
    ...(IN_PROJECT[event.kind] ?? []).map((name) => [name, ...scope]),
    ...(EVERYWHERE[event.kind] ?? []).map((name) => [name]),
  ];
}

/** Keep the cache in step with the stream. Answers the function that stops it. */
export function invalidateFromEvents(stream: EventStream, cache: QueryClient): () => void {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    timer = null;
    for (const queryKey of waiting.values()) void cache.invalidateQueries({ queryKey });
    waiting.clear();
  };
  const stopEvents = stream.subscribe('*', (event) => {
    for (const key of keysOf(event)) waiting.set(JSON.stringify(key), key);
    if (waiting.size > 0) timer ??= setTimeout(flush, GATHER_MS);
  });
  const stopReconnect = stream.onReconnect(() => void cache.invalidateQueries());
  return () => {
    stopEvents();
    stopReconnect();
    if (timer) clearTimeout(timer);
  };
}
