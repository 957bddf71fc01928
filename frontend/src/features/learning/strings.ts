import { plural } from '@/lib/numbers';

export const learningWords = {
  title: 'Learning',
  about: 'Which pictures are labelled next, what that saves, and what has changed.',
  tabs: {
    next: 'Next batch',
    savings: 'Savings',
    approval: 'Auto-approval',
    map: 'Map',
    defects: 'Defects',
    drift: 'Drift',
  },
  // next batch
  draw: 'Choose a batch',
  drawing: 'Choosing…',
  settings: 'Settings',
  strategy: 'Strategy',
  batch: 'Pictures',
  drawAbout: 'Caps, quotas and budgets of the project hold for it.',
  left: 'left to choose from',
  waiting: 'chosen, not begun',
  labelled: 'approved',
  noModel: 'No model scores pictures yet: they are chosen camera by camera, and at random.',
  poolEmpty: 'Every picture is chosen or labelled. Add pictures, or wait for the feeds.',
  begin: 'Label them',
  batches: 'Batches',
  noBatches: 'No batch was chosen yet. The first is chosen by itself once pictures are there.',
  stopTitle: {
    budget: 'The budget is spent',
    stable: 'Labels no longer move the model: stop?',
    flat: 'Labels hardly move the model: stop?',
  },
  goOn: 'Labels still pay',
  rounds: 'Round by round',
  roundsAbout: 'What more labels changed.',
  kappa: 'Agrees with the one before',
  missed: (name: string, short: number) => `${name}: ${Math.ceil(short)} short`,
  expected: 'Expected work',
} as const;

export const REASON_WORDS: Record<string, string> = {
  random: 'at random',
  typical: 'typical',
  margin: 'unsure',
  entropy: 'unsure',
  coreset: 'unlike the labelled',
  badge: 'teach most',
};

export const savingsWords = {
  title: 'Labels saved',
  about: 'Chosen pictures against the random slice of this project.',
  measure: 'Measure',
  again: 'Measure again',
  measuring: 'Comparing with the random slice…',
  noModel: 'A model in production is needed first: pictures are compared by what it sees in them.',
  ready: 'There is enough to compare by. Measure now.',
  needs: (random: number, chosen: number) => {
    const parts = [
      random > 0 ? `${random} more randomly chosen ${random === 1 ? 'picture' : 'pictures'}` : '',
      chosen > 0 ? `${chosen} more ${chosen === 1 ? 'picture' : 'pictures'} chosen by a strategy` : '',
    ].filter(Boolean);
    return `Needs ${parts.join(' and ')}, labelled and approved.`;
  },
  random: 'Drawn at random, approved',
  chosen: 'Chosen by a strategy, approved',
  why: 'A figure from fewer would be noise. Every batch brings its share of random ones by itself.',
  measuredBy: (model: number | null | undefined) => `By what model ${model ?? '?'} sees,`,
  saved: { pictures: 'pictures saved', boxes: 'drawn objects saved', minutes: 'minutes of people saved' },
  verdict: {
    saved: 'Choosing saves labels here.',
    lost: 'Choosing costs labels here: random pictures would have done better.',
    open: 'Not shown yet: the interval includes zero. More random pictures narrow it.',
  },
  compared: (needed: number, at: number, goal: number) =>
    `${Math.round(needed)} chosen pictures do as well as ${Math.round(at)} random ones (${goal.toFixed(2).replace(/^0/, '')} on pictures kept aside).`,
  by: 'Against',
  axes: { pictures: 'Pictures', boxes: 'Objects', minutes: 'Minutes' },
  axisNames: {
    pictures: 'labelled pictures',
    boxes: 'objects drawn by people',
    minutes: 'minutes of people',
  },
  showAs: 'Show as',
  curve: 'Curve',
  table: 'Table',
  lines: { random: 'Random slice', chosen: 'Chosen, its random share included' },
  figure: 'Labels told apart (AUROC)',
  how: 'Half of the random slice tests, the other half and the chosen ones teach a small classifier on the production model’s features which labels a picture has. Bands and brackets: 95\u00a0%, from 60 resamples of the sources.',
  howMinutes: 'Random pictures are labelled without suggestions, so minutes also show what suggestions save.',
  cost: 'What labels cost',
  costAbout: (pictures: number, blind: number, time: string) =>
    `${pictures} approved pictures, ${blind} of them blind; ${time} of people’s time.`,
  objects: 'Approved objects',
  howMany: 'Number',
  share: 'Share',
  human: 'Drawn by people',
  corrected: 'Suggested, corrected by people',
  machine: 'Taken as suggested',
  imported: 'Imported',
};

export const mapWords = {
  title: 'Map',
  about: 'Pictures the model finds alike lie near each other.',
  facts: (pictures: number, left: number, model: number, kept: number) =>
    `${pictures} pictures by what model ${model} sees${left > 0 ? `, ${left} not shown` : ''}. Of each one’s ten nearest, ${Math.round(kept * 10)} are near it here.`,
  make: 'Draw the map',
  again: 'Draw again',
  making: 'Laying the pictures out…',
  noMap: 'No map yet',
  noneWhy: 'It takes a few seconds for a thousand pictures and runs in the background.',
  noModel: 'No model in production',
  noModelWhy: 'Pictures are laid out by what a model sees in them.',
  toModels: 'To the models',
  tooFew: 'Too few pictures',
  tooFewWhy: (least: number) => `From ${least} pictures on, places tell something.`,
  add: 'Add pictures',
  canvas: 'Map of the pictures. Draw a loop to pick some; the legend picks by keyboard.',
  hint: 'Draw a loop around pictures to pick them, or click a line of the legend. The wheel zooms.',
  whole: 'Whole map',
  colorBy: 'Colour by',
  by: {
    label: 'Label',
    state: 'Labelling',
    split: 'Split',
    uncertainty: 'Doubt of the model',
    camera: 'Camera',
  },
  none: {
    label: 'no label yet',
    state: 'no task',
    split: 'not labelled',
    uncertainty: 'not told',
    camera: 'no camera',
  },
  several: 'several labels',
  others: 'all others',
  state: {
    new: 'Waiting for its file',
    ready: 'To label',
    in_work: 'In work',
    in_review: 'In review',
    approved: 'Approved',
    auto_approved: 'Approved by rule',
    quarantined: 'Cannot be labelled',
  } as Record<string, string>,
  split: { train: 'Train', val: 'Validation', test: 'Test' } as Record<string, string>,
  pickKind: (name: string, n: number) => `Pick ${name}: ${n} pictures`,
  clear: 'Clear',
  queue: 'Label these next',
  queueAbout: 'They go to the head of the queue. Begun, labelled and blind ones stay as they are.',
  queued: (n: number, of: number) =>
    n === of ? `${n} are next` : `${n} of ${of} are next; the others are begun, labelled or blind`,
};

export const defectWords = {
  title: 'Defects without examples',
  about: 'What good pictures look like is remembered; what differs is shown. No defect is needed to begin.',
  label: 'Label for a defect',
  labelAbout: 'Approved pictures without it count as good.',
  look: 'Look for defects',
  again: 'Look again',
  looking: 'Looking…',
  needs: (more: number) =>
    `Needs ${plural(more, 'more approved picture')} without this label: fewer show too little of what good looks like.`,
  have: (good: number, known: number) =>
    `${plural(good, 'good picture')}, ${plural(known, 'picture')} with a known defect to try it on.`,
  noLabel: 'No label takes boxes',
  noLabelWhy: 'What is found is suggested as boxes of a label, so one has to take them.',
  toLabels: 'To the labels',
  remembered: 'good pictures remembered',
  looked: 'waiting pictures looked at',
  unlike: 'unlike the good ones',
  auroc: 'known defects told from good (AUROC)',
  trust: {
    unknown:
      'How well it tells defects is not known: no approved picture has this label yet. Look at some before you rely on it.',
    good: 'It tells known defects from good pictures well.',
    some: 'It tells known defects from good pictures only in part: many will be missed.',
    none: 'It is not shown to be better than chance here. Do not rely on it.',
  },
  triedOn: (known: number, aside: number) =>
    `Tried on ${plural(known, 'picture')} with a defect against ${plural(aside, 'good one')} it had not seen; the interval is 95\u00a0%.`,
  by: (model: number | null | undefined, label: string | null) =>
    `${model == null ? 'By plain filters' : `By what model ${model} sees`}${label ? `, for “${label}”` : ''},`,
  suspects: (n: number) => `${plural(n, 'picture')} unlike the good ones, most unlike first`,
  show: 'Show',
  heat: 'Heat',
  picture: 'Picture',
  times: (value: number) => `${value.toFixed(1)} ×`,
  open: (place: number, value: number) => `Open number ${place}, ${value.toFixed(1)} times the threshold`,
  nothing: 'Every waiting picture looks like the good ones.',
  nothingToLookAt: 'No picture waits: add some, and look again.',
  queue: 'Label these next',
  queued: (n: number) => `${plural(n, 'picture')} are next`.replace('1 picture are', '1 picture is'),
  suggest: (label: string) => `Suggest boxes of “${label}”`,
  suggestAbout: 'Begun and blind pictures, and those with suggestions, stay as they are.',
  suggested: (n: number) =>
    n === 0
      ? 'Nothing to suggest on: they are begun, blind or have suggestions'
      : `Suggested on ${plural(n, 'picture')}`,
};

export const driftWords = {
  title: 'Drift',
  about: 'Whether cameras still show what the model was chosen on.',
  look: 'Look now',
  looking: 'Looking for drift…',
  noModel: 'No model in production',
  noModelWhy: 'Drift is told from what a model was shown when it was chosen.',
  toModels: 'To the models',
  notLooked: 'Not looked yet',
  notLookedWhy: 'It is looked by itself once an hour, where pictures came.',
  nothingCame: 'Nothing came since',
  nothingCameWhy: (model: number) =>
    `No picture came since model ${model} went into production. The first ones to come are what later ones are compared with.`,
  add: 'Add pictures',
  model: (number: number) => `Model ${number}, in production for`,
  looked: '· looked',
  all: {
    drifting: (names: readonly string[]) => `Changed: ${names.join(', ')}`,
    steady: 'Nothing has drifted',
    too_few: 'Too early to say',
  },
  allWhy: {
    drifting: 'The model was not chosen on pictures like these. What it finds there may be wrong more often.',
    steady: 'What cameras show is like what the model was chosen on.',
    too_few: 'Fewer pictures came than a comparison needs. No news is not good news yet.',
  },
  noCamera: 'Pictures of no camera',
  verdict: { drifting: 'Drifted', steady: 'Steady', too_few: 'Too few' },
  show: (name: string) => `Show ${name}`,
  hide: (name: string) => `Hide ${name}`,
  then: 'When it was chosen',
  now: 'Now',
  fills: 'Pictures to compare with',
  fillsWhy: (more: number, isCamera: boolean) => {
    const parts = [
      more > 0 ? `${plural(more, 'more picture')}` : '',
      isCamera ? 'at least a day of this camera' : '',
    ];
    return `Needs ${parts.filter(Boolean).join(', and ')}: from then on newer ones are compared.`;
  },
  queue: 'Label these next',
  queueWhy: (n: number) =>
    `Puts the newest ${n} at the head of the queue. Begun, labelled and blind ones stay as they are.`,
  queued: (n: number) =>
    n === 0 ? 'None put: they are begun, labelled or blind' : `${plural(n, 'picture')} put at the head`,
  retrain: 'Train anew by itself when this happens',
  since: 'For',
} as const;
