/** What the editor says when it cannot do what was asked. */

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

export const refusals = {
  unseen: 'The frame is still coming.',
  joinTooFew: 'Select two or more polygons to join them.',
  joinApart: 'These polygons do not touch, so they cannot be joined.',
  joinTwoTracks: 'Select two tracks in the timeline to join them.',
  joinUnlike: 'Only tracks of one shape can be joined.',
  splitNothing: 'Select one track, and go to a frame after its first keyframe.',
  handOverTwo: 'Select two tracks: first the one whose rest belongs to the other.',
  handOverNothing:
    'Go to the frame from which the first selected track is the other one. Both need one shape.',
  swapNothing: 'Go to a frame after the first keyframes of both tracks. Both need one shape.',
  startNothing: 'Go to a frame on which the track is there, after its first.',
  endNothing: 'Go to a frame on which the track is there and goes on.',
  extendNothing: 'Go to a frame on which the track is not there yet, or no more.',
  holdNothing: 'Go to a frame on which the track is there.',
  nowhere: 'It would be nowhere to be seen. Delete it instead.',
  cutNothing: 'Draw the line across a polygon, from outside to outside.',
  holeWithoutPolygon: 'Select the polygon to take this from first.',
  holeBeside: 'This lies beside the selected polygon: nothing was taken away.',
  rubWithoutMask: 'Select the mask to rub out of first.',
  noHoles: 'The selected masks shut nothing in.',
  noMaskMade: 'Select polygons, boxes or ellipses whose label allows masks.',
  noPolygonMade: 'Select masks whose label allows polygons.',
  noSkeleton: 'No label has a skeleton. One is added with the project’s labels.',
  refineOne: 'Select one object with an area to outline it anew.',
  noAssist: 'Smart select is not ready. Draw by hand, or try again in a moment.',
  noLabelFor: (shape: string): string => `No label allows a ${shape}.`,
  labelDoesNotFit: (label: string, count: number): string =>
    `${label} does not allow the shape of ${String(count)} selected ${plural(count, 'object', 'objects')}.`,
} as const;
