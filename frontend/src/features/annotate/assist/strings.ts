/** The words of the assist. */
import { count, percent, plural } from '@/lib/numbers';

export const assistWords = {
  failed: (message: string) => `${message} Draw by hand, or try again.`,
  // suggestions
  outlining: 'Outlining the boxes',
  outlined: (n: number, why: string | null) =>
    n === 0 ? (why ?? 'No open box to outline.') : `${plural(n, 'box', 'boxes')} outlined`,
  searching: 'Looking through the whole picture',
  searchingBox: 'Looking through the box',
  searchedTo: (busy: string, share: number) => (share > 0 ? `${busy}, ${percent(share)}` : busy),
  stop: 'Stop',
  stopping: 'Stopping',
  stopped: 'Stopped: nothing was added',
  searchFailed: 'The search did not end well. Try again, or draw by hand.',
  found: (n: number) => (n === 0 ? 'Nothing more found' : `${count(n)} more to review among the suggestions`),
  // the bar
  bar: 'Smart select',
  start: 'Drag a box or click',
  startTouch: 'Tap or drag a box; hold takes away',
  waiting: 'Looking for the outline',
  empty: 'Nothing found there: add a click or drag a box',
  refining: 'Outlined anew: click what is missing',
  correct: 'Click what is missing',
  off: 'Smart select is not available now. Draw by hand; nothing is lost.',
  output: 'What it becomes',
  outputs: { polygon: 'Polygon', mask: 'Mask' },
  becomesBox: 'This label takes boxes only: it becomes a box.',
  tolerance: 'How closely the points follow',
  toleranceOf: (px: number) => `${px < 10 ? px.toFixed(1) : count(Math.round(px))} px`,
  points: (n: number) => plural(n, 'point'),
  outline: (at: number, of: number) => `${count(at)} of ${count(of)}`,
  nextOutline: 'Next outline',
  before: 'Outline before',
  sure: (percent: string) => `sure to ${percent}`,
  sureAbout: 'How well the model thinks it did. Trust your eyes more.',
  keep: 'Keep',
  drop: 'Drop',
  takeBack: 'Take the last click back',
  glances: 'Preview',
  glancesAbout: 'Show what a click would find, while the pointer rests',
  everything: 'Find everything',
  everythingAbout: 'Suggest every object in the picture, or in the box you drew',
  outlineAll: 'Outline the boxes',
  outlineAllAbout: 'Make outlines of all suggested boxes',
  // the status line
  ready: { sam: 'Smart assist ready', network: 'Basic assist ready', basic: 'Basic assist ready' },
  starting: { sam: 'Smart assist is starting', network: 'Basic assist is starting', basic: 'Basic assist' },
  server: {
    sam: 'Smart assist, by the server',
    network: 'Basic assist, by the server',
    basic: 'Basic assist',
  },
  unavailable: 'No assist: draw by hand',
  encoding: (left: string | null) => (left ? `Preparing smart assist, ${left}` : 'Preparing smart assist'),
  encodingAbout: 'Basic assist answers until then.',
  basicAbout:
    'Basic assist is a small network that comes with Siteloop. It finds less than Segment Anything: look twice, and zoom in before you click.',
  startingAbout: 'The server answers until the one in your browser has started.',
  serverAbout:
    'This browser cannot run the assist itself, so the server answers. It takes a little longer; nothing else changes.',
};
