export const siteWords = {
  title: 'Sites and cameras',
  about: 'Where pictures come from. Days and shifts are counted in the site’s own time.',
  none: 'No site yet',
  noneWhy: 'A site is a place with cameras: a warehouse, a plant, a yard.',
  newSite: 'New site',
  addCamera: 'Add camera',
  noCameras: 'No cameras yet. A camera groups the pictures taken by it and can be watched live.',
};
