/** The words of the panels round the canvas. */
import type { Measured } from '@/canvas/tools/measure';
import type { ToolOptions } from '@/canvas/tools/options';
import { count, plural } from '@/lib/numbers';

export const shortcutWords = {
  title: 'Shortcuts',
  search: 'Find a shortcut or a key',
  about: 'Click a key to change it, then press the new one. Your keys are kept in this browser.',
  none: 'Nothing is called that.',
  resetAll: 'Reset all',
  reset: (title: string) => `Reset the key of: ${title}`,
  change: (title: string) => `Change the key of ${title}:`,
  press: (title: string) => `Press the new key of: ${title}`,
  pressKey: 'Press a key',
};

export const labelWords = {
  title: 'Labels',
  find: 'Find a label',
  none: 'This project has no labels yet. A manager adds them in the settings.',
  noneFound: 'No label has this name.',
  tagAbout: 'A tag of the whole picture',
  allows: (shapes: string[]) => (shapes.length ? `Drawn as ${shapes.join(', ')}` : 'Drawn as anything'),
  unfit: (name: string, shape: string, shapes: string[]) =>
    shape === 'track'
      ? `${name} is not followed through videos.`
      : `${name} is not drawn as ${shape}, but as ${shapes.join(', ')}. Picking it changes the tool.`,
};

export const objectWords = {
  title: 'Objects',
  shown: (shown: number, all: number) => `${count(shown)} of ${count(all)}`,
  none: 'Nothing drawn yet. Pick a label and draw.',
  noneFit: 'No object fits.',
  search: 'Search objects',
  searchFor: 'Label, number or attribute',
  closeSearch: 'Close the search',
  filter: 'Filter and sort',
  clear: 'Show all',
  order: 'Sort',
  orders: { front: 'In front first', label: 'By label', drawn: 'Newest first' },
  only: 'Only what is',
  states: {
    missing: 'lacking something required',
    occluded: 'covered',
    hidden: 'hidden',
    locked: 'locked',
    grouped: 'in a group',
  },
  from: 'Where it came from',
  sources: { person: 'drawn or mended', model: 'accepted suggestion', import: 'imported' },
  labels: 'Labels',
  ofLabel: (name: string, n: number) => `${name} (${count(n)})`,
  goTo: 'Double click goes to the object',
  selectGroup: (n: number) => `Select group ${count(n)}`,
  covered: (name: string, is: boolean) =>
    is ? `${name} is covered: mark as in full view` : `Mark as covered: ${name}`,
  selected: (n: number) => `${count(n)} selected`,
  group: 'Group',
  ungroup: 'Ungroup',
  coverAll: 'Mark as covered',
  uncoverAll: 'Mark as in full view',
  lockAll: 'Lock',
  unlockAll: 'Unlock',
  hideAll: 'Hide',
  showAll: 'Show',
  deleteAll: 'Delete',
};

export const attributeWords = {
  one: (label: string) => `About this ${label}`,
  several: (n: number) => `About these ${count(n)}`,
  label: 'Label',
  locked: 'locked',
  mixed: 'mixed',
  lacking: 'Still needed',
  lackingSeveral: (n: number) => `Still needed by ${count(n)}`,
  when: 'What a change holds for',
  whenAll: 'All frames',
  whenHere: 'From here on',
  holdsFrom: (frame: number) => `From frame ${count(frame)} on`,
  severalLabels: 'They have different labels: attributes are shown for one label at a time.',
};

export const suggestionWords = {
  title: 'Suggestions',
  left: (shown: number, open: number) => `${count(shown)} of ${count(open)}`,
  confidence: 'Show from',
  accept: 'Accept',
  reject: 'Reject',
  edit: 'Edit',
  acceptAll: (n: number) => `Accept ${count(n)}`,
  rejectAll: (n: number) => `Reject ${count(n)}`,
  acceptAllAbout: 'All above the slider, in one step',
  rejectAllAbout: 'All above the slider, in one step',
  allDecided: 'all decided',
  leftOut: (n: number) => `Only the surest are kept: ${count(n)} more ${n === 1 ? 'was' : 'were'} proposed.`,
  belowSlider: 'The rest lies below the slider.',
  decidedList: 'Decided suggestions',
  decided: ({ accepted, fixed, rejected }: { accepted: number; fixed: number; rejected: number }) =>
    [
      accepted > 0 && `${count(accepted)} accepted`,
      fixed > 0 && `${count(fixed)} mended`,
      rejected > 0 && `${count(rejected)} rejected`,
    ]
      .filter((part) => part !== false)
      .join(' · '),
  became: { open: '', accepted: 'accepted', fixed: 'mended', rejected: 'rejected' },
};

export const toolWords = {
  title: 'Tools',
  options: 'Options',
  more: 'More tools',
  tags: 'Tags of the whole picture',
  shortcuts: 'Shortcuts',
  smartOff: 'Smart select is not available now. Draw by hand; nothing is lost.',
  tools: {
    select: 'Select and move',
    pan: 'Move the picture',
    smart: 'Smart select: drag a box round the object, or click it; right click what is not it',
    box: 'Box',
    polygon: 'Polygon',
    brush: 'Brush',
    eraser: 'Eraser',
    polyline: 'Line',
    points: 'Points',
    ellipse: 'Ellipse',
    cuboid: 'Cuboid',
    skeleton: 'Skeleton',
    cut: 'Cut polygons',
    measure: 'Measure',
  },
  undo: 'Undo',
  undoOf: (name: string) => `Undo: ${name.toLowerCase()}`,
  redo: 'Redo',
  redoOf: (name: string) => `Redo: ${name.toLowerCase()}`,
  boxBy: 'How a box is drawn',
  boxWays: { drag: 'Drag', extreme: '4 points', turned: 'Turned' },
  combine: 'What is drawn becomes',
  combines: { new: 'New', add: 'Add', subtract: 'Hole' },
  snap: 'Snap',
  snapAbout: 'Settle on near points, edges and the border',
  brushSize: 'Size',
  brushKeys: (keys: string[]) => `Smaller and larger: ${keys.filter(Boolean).join(' and ')}`,
  brushShape: 'Shape of the brush',
  brushShapes: { round: 'Round', square: 'Square' },
  pixels: (n: number) => `${count(n)} px`,
  hint: (tool: string, options: ToolOptions | null): string =>
    HINTS[
      tool === 'box' && options
        ? `box.${options.boxBy}`
        : tool === 'polygon' && options
          ? `polygon.${options.combine}`
          : tool
    ] ?? '',
  cut: 'Cut',
  cutAbout: 'Draw a line across to cut',
  join: 'Join',
  joinAbout: 'Make one of those that touch',
  fillHoles: 'Fill holes',
  fillHolesAbout: 'Fill what the mask encloses',
  toPolygon: 'To polygon',
  toPolygonAbout: 'Follow the edge of the mask with points',
  toMask: 'To mask',
  toMaskAbout: 'Turn the area into pixels to paint on',
  front: 'Bring to front',
  back: 'Send to back',
  suggestionHint: 'A accepts, E takes it over to edit, R rejects.',
};

export const trackWords = {
  hint: 'Drag or use the handles: it becomes a keyframe here.',
  begins: 'Begins here',
  beginsAbout: 'It is not in the picture yet: put it here as it is at its first keyframe',
  setKey: 'Set keyframe',
  setKeyAbout: 'State the place at this frame',
  unsetKey: 'Remove keyframe',
  unsetKeyAbout: 'Let the keyframes around decide where it is here',
  leaves: 'Leaves here',
  leavesAbout: 'From this frame on it is not in the picture',
  returns: 'Returns here',
  returnsAbout: 'From this frame on it is in the picture again',
  covered: 'Covered from here',
  uncovered: 'Clear from here',
  coveredAbout: 'Something stands before it from this keyframe to the next, or nothing does any more',
  split: 'Split here',
  splitAbout: 'Two objects were taken for one: a new track begins at this frame',
  join: 'Join',
  joinAbout: 'Two tracks are one object',
  more: 'Track',
  moreAbout: 'More that can be done to the track',
  starts: 'Begins here',
  ends: 'Ends here',
  extend: 'Is here too',
  handOver: 'The rest is the other one',
  swap: 'Swap the two from here',
  hold: 'Copy on',
  holdAbout: 'It stays as it is here for the next frames',
  holdFor: 'For how many frames',
  holdNow: (n: number) => `Copy to ${plural(n, 'frame')}`,
  paste: 'Ctrl C and Ctrl V put it on one other frame.',
  tagHint: 'A tag that holds over these frames.',
};

const HINTS: Record<string, string> = {
  select: 'Click an object; drag over several; Shift adds.',
  pan: 'Drag the picture; the wheel zooms.',
  'box.drag': 'Drag from corner to corner, or click both.',
  'box.extreme': 'Click the top, left, bottom and right of the object.',
  'box.turned': 'Click both ends of one edge, then the width.',
  'polygon.new': 'Click the corners, or drag freehand. Enter closes it.',
  'polygon.add': 'Select a polygon, then draw what to add to it.',
  'polygon.subtract': 'Select a polygon, then draw what to take out.',
  polyline: 'Click the points. Enter or a double click ends it.',
  points: 'Click each point. Enter ends them.',
  ellipse: 'Drag from corner to corner of its box.',
  cuboid: 'Drag the front, then click where the back is.',
  skeleton: 'Drag a box; then move each point to its place.',
  cut: 'Click a line across a polygon. Enter cuts.',
  measure: 'Click the points. Enter keeps the line.',
  smart: 'Right click takes away. Tab: next outline. Enter keeps it, Esc drops it.',
  brush: 'Paint. A selected mask goes on.',
  eraser: 'Wipe from the selected mask.',
};

/** What the measure tool says in one line. */
export function measureText({ lengthPx, angleDeg, areaPx2 }: Measured): string {
  const parts = [`${decimal(lengthPx)} px`, `${decimal(angleDeg)}°`];
  if (areaPx2 > 0) parts.push(`${count(Math.round(areaPx2))} px²`);
  return parts.join(' · ');
}

const decimal = (value: number): string => (Math.round(value * 10) / 10).toFixed(1);

export const viewWords = {
  title: 'View',
  zoomed: (said: string) => `Zoom: ${said}`,
  fit: 'Fit the picture',
  actual: '100\u00a0%',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  sliders: { brightness: 'Brightness', contrast: 'Contrast', fill: 'Fill of shapes' },
  channel: 'Channel',
  channels: { all: 'All colours', red: 'Red', green: 'Green', blue: 'Blue', grey: 'Grey' },
  names: 'Names',
  chips: { all: 'All', selected: 'Selected', none: 'None' },
  switches: { shapes: 'Shapes', rulers: 'Rulers', minimap: 'Overview map', crosshair: 'Crosshair' },
  reset: 'Reset the view',
};
