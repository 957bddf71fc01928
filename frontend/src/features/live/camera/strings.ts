import type { Measure, Part } from '@/features/live/camera/counts';
import type { Segment } from '@/features/live/camera/api';

export const cameraWords = {
  back: 'All feeds',
  chart: 'Counts by the hour',
  counts: 'Counts',
  day: 'The day',
  ahead: 'still to come',
  notWatched: 'nobody watched',
  nothing: 'nothing',
  watched: 'watched',
  weekBefore: 'a week before',
  compare: 'Compare with a week before',
  hatched: 'watched in part',
  empty: 'not watched',
  noZones: 'No zone is drawn on this feed yet.',
  noLines: 'No line is drawn on this feed yet.',
  noRules: 'No rule is at work on this feed yet.',
  incidents: 'Incidents',
  noIncidents: 'No rule was broken in this time.',
  allIncidents: 'All incidents',
  noCounts: 'Nobody watched this camera on that day.',
  noCountsYet: 'Nothing is counted yet today.',
  noCountsWhy: 'Counts begin when the feed is online and a model answers for it.',
  exports: 'Export',
  today: 'Today',
  earlier: 'The day before',
  later: 'The day after',
  sentBack: 'Sent back to be labelled',
  events: 'What happened',
  noCaptures: 'No picture was sent back in this time.',
  noEvents: 'Nothing happened in this time.',
  wholeDay: 'Show the whole day',
  missed: 'You missed this',
  missedAbout: 'Make a task of the picture you see, for what the model missed in it.',
  missedDone: 'The picture waits to be labelled, before all others',
} as const;

export const PART_WORDS: Record<Part, string> = {
  view: 'Picture',
  zone: 'Zones',
  line: 'Lines',
  rule: 'Rules',
};
export const MEASURE_WORDS: Record<Measure, string> = {
  tracks: 'Came into view',
  mean: 'In view on average',
  peak: 'Most at once',
  dwell_s: 'Seconds a stay',
  speed_m_s: 'Mean speed, m/s',
  incidents: 'Incidents',
  crossings: 'Crossings',
};
export const ZONE_MEASURE_WORDS: Partial<Record<Measure, string>> = {
  tracks: 'Came in',
  mean: 'Inside on average',
};
export const SEGMENT_WORDS: Record<Segment['state'], string> = {
  starting: 'Starting',
  online: 'Online',
  stalled: 'Stalled',
  offline: 'Offline',
  paused: 'Paused',
  ended: 'Ended',
  unknown: 'Not watched',
};
