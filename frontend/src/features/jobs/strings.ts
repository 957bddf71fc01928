export const jobWords = {
  title: 'Jobs',
  about: 'What the machines are doing: taking in pictures, suggesting, training.',
  took: 'Took',
  startedBy: 'Started by',
  none: 'No jobs yet',
  noneWhy: 'Jobs start by themselves when pictures come in, or when somebody trains a model.',
  noneOfState: 'No job is in this state.',
  cancel: 'Stop',
  retry: 'Try again',
  waiting: 'Waiting for its turn',
  noLog: 'Nothing was written to the log.',
  result: 'What came of it',
  yes: 'yes',
  no: 'no',
  kept: 'Jobs run on without this page.',
};

export const STATE_NAMES: Record<string, string> = {
  queued: 'waiting',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'stopped',
};

/** Parts of a result whose names say too little by themselves. */
export const RESULT_NAMES: Record<string, string> = {
  added: 'New here',
  duplicates: 'Here already',
  labelled: 'Labelled',
  left_alone: 'Left alone, as they had labels',
  refused: 'What was refused',
  refused_count: 'Refused',
};
