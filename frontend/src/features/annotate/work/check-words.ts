/** What the checks before a submit say. The sentences of the project's own checks are the server's too. */
import { count, percent, plural } from '@/lib/numbers';

export const checkWords = {
  title: 'Before you submit',
  fine: 'Nothing stands in the way.',
  button: (n: number) => `${plural(n, 'thing')} to mend before you submit`,
  empty: 'Nothing is drawn. Draw what is there, or say that there is nothing.',
  nothingHere: 'There is nothing here',
  nothingHereAbout: 'Submits the picture as empty.',
  needed: (name: string) => `${name} is needed on every picture.`,
  drawIt: 'Draw it',
  object: 'object',
  covers: (name: string, iou: number) => `Covers another ${name} by ${percent(iou)}: is it drawn twice?`,
  /** Frames from 0; null of the object as a whole. */
  missingFrom: (name: string, from: number | null) =>
    from === null ? name : `${name} from frame ${count(from + 1)} on`,
  missing: (names: readonly string[]) => `Still needed: ${names.join(', ')}`,
  small: (width: number, height: number, least: number) =>
    `Only ${width.toFixed(1)} × ${height.toFixed(1)} pixels; the smallest allowed is ${least} × ${least}.`,
  refused: 'The server did not take it as it is',
  show: (name: string) => `Show this ${name}`,
  close: 'Close the list',
  allMended: 'All is mended. Submit again.',
};
