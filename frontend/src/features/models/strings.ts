import type { Checkpoint, ModelRow, Training } from '@/features/models/api';

export const modelWords = {
  title: 'Models',
  about: 'Every version, what it learned from, and whether it may go into production.',
  none: 'No model yet',
  noneWhy: 'Freeze a dataset of approved labels and train on it, or bring a model of your own.',
  train: 'Train',
  register: 'Add your own',
  registerOnnx: 'ONNX file…',
  registerHttp: 'Model behind an address…',
  trainTitle: 'Train a model',
  dataset: 'Learn from',
  noDataset: 'There is no frozen dataset version yet. Freeze one first.',
  goDatasets: 'To the datasets',
  kind: 'Learn to',
  minutes: 'CPU minutes',
  minutesAbout: 'The training uses one core for about this long. Ten minutes is a fair first try.',
  init: 'Start from',
  initProduction: 'Production model',
  initScratch: 'Nothing',
  initDetector: 'Production detector',
  initShipped: 'Shipped assist',
  initSam: 'Segment Anything',
  initSamAbout:
    'Teaches the mask decoder of the installed checkpoint; its encoder stays as it is. Encoding the pictures counts as CPU minutes.',
  noSam: 'For Segment Anything its checkpoint has to be installed: see Smart select below.',
  initAbout: 'Starting from production needs fewer pictures; from nothing forgets old habits.',
  initScratchAbout: 'A small, fast network of its own, from nothing: it forgets old habits.',
  initWeights: 'Installed weights',
  initWeightsAbout:
    'A larger network (D-FINE) that goes on from published weights. It learns and looks several times slower than the small one: give it hours.',
  noWeights: 'No weights are installed',
  noWeightsWhy:
    'Published D-FINE weights (safetensors) are yours to bring. Whoever runs the server adds them:',
  weightsCommand: 'manage.py models add FILE.safetensors --sha256 HEX',
  knowsNoNames: 'Nobody said what its classes are called: all of yours start anew.',
  seed: 'Seed',
  seedAbout: 'The same seed on the same version gives the same model.',
  inputSize: 'Picture size',
  running: 'Trainings',
  cancel: 'Stop training',
  curve: 'Learning curve',
  curveAbout: 'What each model reached on blind pictures, against what it learned from.',
  curveTooFew: 'One point is no curve: it appears once two models were measured.',
  curveNote: 'Models are measured on the blind pictures of their time, so neighbours compare best.',
  notMeasured: 'not measured',
  noneThen: 'none to compare with',
  verdict: 'May it go into production?',
  notCompared: 'Not compared yet. The comparison runs both models on pictures neither has learned from.',
  compare: 'Compare now',
  compareAgain: 'Compare again',
  comparing: 'Comparing…',
  whereItErrs: 'Where it errs',
  perClass: 'By class',
  perClassAbout: (measure: string) => `${measure} on blind pictures`,
  noClasses: 'No objects were on the test pictures.',
  binding: 'What its classes mean here',
  bindingAbout: 'A class without a label is not shown. Below the threshold nothing is suggested.',
  notShown: 'Not shown',
  threshold: 'From score',
  stale: 'Somebody else changed this in between. Take theirs, then change what you need.',
  takeTheirs: 'Take theirs',
  record: 'What people made of its suggestions',
  noRecord: 'It has suggested nothing yet.',
  lineage: 'Where it comes from',
  notes: (n: number) => (n === 1 ? 'One note on its training' : `${n} notes on its training`),
  promote: 'Put into production',
  promoteAbout: 'From then on it suggests labels and watches the live feeds, for all.',
  promoteAssistAbout: 'From then on it answers the smart select of this project.',
  rollBackAbout: 'The former model answers again at once.',
  bringBack: 'Bring back',
  productionThen: 'Production then',
  byPrompt: 'By prompt',
  byPromptAbout: 'Mean IoU of the outline on blind pictures',
  shippedSide: 'Shipped assist',
  assist: 'Smart select',
  assistBySam: 'Clicks are answered by Segment Anything; pictures are encoded before they are opened.',
  assistByNetwork: "Clicks are answered by Siteloop's own small network, or by this project's trained one.",
  refineAll: 'Outline suggested boxes',
  refineStarted: 'Boxes become outlines in the background; they stay suggestions',
  embedAll: 'Encode all pictures',
  embedStarted: 'Pictures are encoded in the background',
  checkpointsAbout:
    'Segment Anything checkpoints draw better; a detector can be trained on from D-FINE weights. Both are yours to bring. Their place:',
  checkpointAdd: 'Added on the server:',
  serves: 'Serves',
} as const;

export const STATE_WORDS: Record<ModelRow['state'], string> = {
  candidate: 'Candidate',
  refused: 'Refused',
  shadow: 'Shadow',
  canary: 'Canary',
  production: 'In production',
  retired: 'Retired',
};
export const STATE_COLORS: Record<ModelRow['state'], string> = {
  candidate: 'blue',
  refused: 'red',
  shadow: 'grape',
  canary: 'yellow',
  production: 'teal',
  retired: 'gray',
};
export const KIND_WORDS: Record<ModelRow['kind'], string> = {
  detect: 'Find objects',
  instance: 'Outline objects',
  segment: 'Paint areas',
  classify: 'Tag pictures',
  assist: 'Outline on click',
};
/** Under the choice of what to learn. */
export const KIND_ABOUT: Record<ModelRow['kind'], string> = {
  detect: 'A box round each object. Learns from boxes and outlines alike.',
  instance: 'A box and an outline for each object. Learns outlines where they are, boxes elsewhere.',
  segment: 'Which label each pixel is of, for leaks, rust or floors that are no countable things.',
  classify: 'One tag for the whole picture.',
  assist:
    'Learns from approved outlines what smart select is asked for here. It is measured on blind outlines.',
};
/** Prompts an assist is measured with, as its report names them. */
export const PROMPT_WORDS: Record<string, string> = {
  c1_view: 'One click',
  c3_view: 'Three clicks',
  box: 'A box',
  box1: 'A box and one click',
};
export const PROVIDER_WORDS: Record<ModelRow['provider'], string> = {
  siteloop: 'Trained here',
  onnx: 'ONNX file',
  http: 'Behind an address',
};
export const RUN_WORDS: Record<Training['state'], string> = {
  queued: 'Waits for a free worker',
  running: 'Training',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
};
export const PURPOSE_WORDS: Record<Checkpoint['purpose'], string> = {
  assist: 'Smart select',
  detect: 'Training detectors',
};
export const CHECKPOINT_WORDS: Record<Checkpoint['state'], string> = {
  absent: 'Not here',
  missing: 'File gone',
  found: 'Getting ready',
  ready: 'Ready',
  refused: 'Refused',
};
export const CHECKPOINT_COLORS: Record<Checkpoint['state'], string> = {
  absent: 'gray',
  missing: 'red',
  found: 'blue',
  ready: 'teal',
  refused: 'red',
};
