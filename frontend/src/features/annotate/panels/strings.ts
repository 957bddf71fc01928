/** The words of the panels round the canvas. */
export const shortcutWords = {
  title: 'Shortcuts',
  search: 'Find a shortcut or a key',
  about: 'Click a key to change it, then press the new one. Your keys are kept in this browser.',
  none: 'Nothing is called that.',
  resetAll: 'Reset all',
  reset: (title: string) => `Reset the key of: ${title}`,
  change: (title: string, keys: string) => `${title}: ${keys || 'no key'}. Change`,
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
