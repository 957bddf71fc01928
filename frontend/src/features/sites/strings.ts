export const siteWords = {
  title: 'Sites and cameras',
  about: 'Where pictures come from. Days and shifts are counted in the site’s own time.',
  none: 'No site yet',
  noneWhy: 'A site is a place with cameras: a warehouse, a plant, a yard.',
  newSite: 'New site',
  addCamera: 'Add camera',
  noCameras: 'No cameras yet. A camera groups the pictures taken by it and can be watched live.',
};

export const cameraWords = {
  camera: 'Camera',
  live: 'Live',
  notes: 'Notes',
};

export const privacyWords = {
  open: 'Privacy',
  title: (camera: string) => `What ${camera} may show`,
  about:
    'Areas drawn here are black in everything from now on: on the wall, in pictures sent back, in clips and in files uploaded for this camera. Pictures stored before stay as they are.',
  area: (n: number) => `Hidden area ${n}`,
  draw: 'Hide an area',
  undo: 'Undo',
  remove: 'Remove area',
  hidden: (count: number) =>
    count === 0 ? 'Nothing is hidden.' : count === 1 ? '1 area is hidden.' : `${count} areas are hidden.`,
  heads: 'Mosaic over heads',
  headsAbout:
    'Covers the top of each person the model finds, in live pictures and those sent back. It works from the person’s box: a person it misses, or one bent far over, keeps the head. Without a model that finds people nothing is shown. Uploaded files are not changed.',
  keep: 'Keep pictures for',
  keepAbout: 'Older ones are deleted for good, labels stay. Leave it empty to keep them.',
  forever: 'as long as nobody deletes them',
  days: ' days',
  goes: (days: number) =>
    `Within ten minutes all pictures of this camera older than ${days} ${days === 1 ? 'day' : 'days'} are deleted for good, also those in frozen datasets. This cannot be undone.`,
  saved: 'Saved; live feeds take it up within seconds',
  stale: 'Somebody else changed this in between. Close it, open it again and look at theirs first.',
  erased: 'Deleted lately, with proof',
  by: (days: number, who: string) => `after ${days} days${who ? `, as set by ${who}` : ''}`,
};
