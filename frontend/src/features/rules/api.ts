/** Calls about zones, lines, rules and their trials. */
import { queryOptions } from '@tanstack/react-query';

import { api, idempotent, ifMatch, request, unwrap } from '@/lib/api-client';
import type { Schemas } from '@/types/api';

export type Feed = Schemas['Feed'];
export type Marking = Schemas['Marking'];
export type Rule = Schemas['Rule'];
export type Condition = Schemas['ConditionRequest'];
export type RuleWrite = Schemas['RuleWriteRequest'];
export type Trial = {
  seconds: number;
  frames: number;
  cut: boolean;
  incidents: {
    began_s: number;
    ended_s: number;
    objects: number;
    picture: boolean;
    peak: Schemas['Peak'];
  }[];
};

const ofFeed = (feedId: string) => ({ params: { path: { feed_id: feedId } } });

/** Another key than the live wall's, which polls. */
export const feedsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['feeds', projectId, 'for-rules'],
    queryFn: () =>
      unwrap(api.GET('/api/v1/projects/{project_id}/feeds', { params: { path: { project_id: projectId } } })),
  });

export const markingsQuery = (projectId: string, feedId: string) =>
  queryOptions({
    queryKey: ['markings', projectId, feedId],
    queryFn: () => unwrap(api.GET('/api/v1/feeds/{feed_id}/markings', ofFeed(feedId))),
    enabled: feedId !== '',
  });

export const markingCreate = (feedId: string, body: Schemas['MarkingCreateRequest']) =>
  unwrap(api.POST('/api/v1/feeds/{feed_id}/markings', { ...ofFeed(feedId), body, headers: idempotent() }));

export const markingUpdate = (id: string, body: Schemas['PatchedMarkingUpdateRequest'], version: number) =>
  unwrap(
    api.PATCH('/api/v1/markings/{marking_id}', {
      params: { path: { marking_id: id }, header: ifMatch(version) },
      body,
    }),
  );

export const markingDelete = (id: string) =>
  unwrap(api.DELETE('/api/v1/markings/{marking_id}', { params: { path: { marking_id: id } } }));

export const rulesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['rules', projectId],
    queryFn: () =>
      unwrap(api.GET('/api/v1/projects/{project_id}/rules', { params: { path: { project_id: projectId } } })),
  });

export const ruleCreate = (feedId: string, body: RuleWrite, key: string) =>
  unwrap(api.POST('/api/v1/feeds/{feed_id}/rules', { ...ofFeed(feedId), body, headers: idempotent(key) }));

/** Without `version` only the switch `enabled` can be changed. */
export const ruleUpdate = (id: string, body: Schemas['PatchedRuleWriteRequest'], version?: number) =>
  unwrap(
    api.PATCH('/api/v1/rules/{rule_id}', {
      params: { path: { rule_id: id }, header: version === undefined ? {} : ifMatch(version) },
      body,
    }),
  );

export const ruleDelete = (id: string) =>
  unwrap(api.DELETE('/api/v1/rules/{rule_id}', { params: { path: { rule_id: id } } }));

export const ruleMute = (id: string, minutes: number) =>
  unwrap(api.POST('/api/v1/rules/{rule_id}/mute', { params: { path: { rule_id: id } }, body: { minutes } }));

export const trialStart = (feedId: string, body: Schemas['TrialRequest']) =>
  unwrap(api.POST('/api/v1/feeds/{feed_id}/rule-trials', { ...ofFeed(feedId), body }));

export const trialPicture = (feedId: string, jobId: string, index: number) =>
  `/api/v1/feeds/${feedId}/rule-trials/${jobId}/${index}.jpg`;

export const videosQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['assets', projectId, 'videos'],
    queryFn: () =>
      request<Schemas['AssetPage']>('GET', `/projects/${projectId}/assets`, {
        query: { kind: 'video', asset_state: 'ready', page_size: 100 },
      }),
    select: (page) => page.results,
  });
