import { plural } from '@/lib/numbers';

export const comparisonWords = {
  title: (number: number, other: number | null) =>
    other === null ? `Model ${number} on blind pictures` : `Model ${number} beside model ${other}`,
  none: 'Not compared yet',
  noneWhy:
    'Compare this model on its page: both models are then asked about pictures neither has learned from.',
  back: 'To the model',
  figures: 'In short',
  pictures: 'Blind pictures',
  time: 'One picture takes',
  calibration: 'How far scores are off',
  confusion: 'What is taken for what',
  confusionAbout: 'Rows are what is there, columns what the model says. Open a number to see the pictures.',
  confusionPixels:
    'In pixels: rows are what is there, columns what the model says. Open a number to see its largest patches.',
  whose: 'Whose answers',
  missed: 'missed',
  nothing: 'nothing there',
  cell: (count: number, actual: string, predicted: string, inPixels = false) => {
    const many = count === 1 ? 'once' : `${count} times`;
    const times = inPixels ? plural(count, 'pixel') : many;
    if (!actual) return `${predicted} made up, ${times}`;
    if (!predicted) return `${actual} missed, ${times}`;
    return actual === predicted ? `${actual} found, ${times}` : `${actual} taken for ${predicted}, ${times}`;
  },
  cellTitle: (actual: string, predicted: string) => {
    if (!actual) return `${predicted}, where there is none`;
    if (!predicted) return `${actual}, missed`;
    return actual === predicted ? `${actual}, found` : `${actual}, taken for ${predicted}`;
  },
  cases: (shown: number, of: number, areMissed: boolean) => {
    if (shown < of) return `The ${areMissed ? 'largest' : 'surest'} ${shown} of ${of}`;
    return shown === 1 ? 'One case' : `All ${shown}`;
  },
  /** Of pixels only patches are shown: the largest of each picture. */
  patches: (shown: number) =>
    shown === 1 ? 'The largest patch' : `The ${shown} largest patches, one a picture`,
  noPatch: 'Nothing but thin borders, about which two people differ as well.',
  casesGone: 'These pictures are not here any more.',
  keyTruth: 'as approved',
  keyFound: 'as the model says',
  curve: 'Precision and recall',
  curveAbout: 'Of what it says, the share that is right, by the share it finds.',
  curveClass: 'Class',
  recall: 'recall',
  noCurve: 'None of its objects is on the test pictures.',
  calibrated: 'Do scores mean what they say?',
  calibratedAbout: 'On the grey line a score of .7 is right seven times in ten.',
  honest: 'as it says',
  score: 'score',
  slices: 'By site, camera, light and crowd',
  slicesAbout: 'Slices of five blind pictures and more.',
  noSlices: 'No five blind pictures have a site, a camera or the light in common.',
  sizes: 'By size of the object',
  sizesAbout: 'The share found, at the thresholds of each model.',
  sizeNames: {
    small: 'small, under 32 px',
    medium: 'medium, to 96 px',
    large: 'large',
  } as Record<string, string>,
  by: { site: 'Site', camera: 'Camera', light: 'Light', crowd: 'Crowd' } as Record<string, string>,
  difference: 'Difference',
  unsure: 'within chance',
};
