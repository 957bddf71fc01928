/** Which key does what. Data, so that the shortcut sheet shows it and a person can change it; clashes are refused. */

export type ActionName =
  | 'undo'
  | 'redo'
  | 'copy'
  | 'cut'
  | 'paste'
  | 'selectAll'
  | 'delete'
  | 'nextObject'
  | 'previousObject'
  | 'hide'
  | 'showAll'
  | 'lock'
  | 'front'
  | 'back'
  | 'stepUp'
  | 'stepDown'
  | 'group'
  | 'ungroup'
  | 'join'
  | 'fillHoles'
  | 'toMask'
  | 'toPolygon'
  | 'acceptSuggestion'
  | 'rejectSuggestion'
  | 'editSuggestion'
  | 'acceptAll'
  | 'drawAgain'
  | 'toolSelect'
  | 'toolBox'
  | 'toolPolygon'
  | 'toolPolyline'
  | 'toolPoints'
  | 'toolEllipse'
  | 'toolCuboid'
  | 'toolSkeleton'
  | 'toolBrush'
  | 'toolEraser'
  | 'toolCut'
  | 'toolMeasure'
  | 'toolSmart'
  | 'nextOutline'
  | 'previousOutline'
  | 'refine'
  | 'refineAll'
  | 'everything'
  | 'toolPan'
  | 'brushSmaller'
  | 'brushLarger'
  | 'snap'
  | 'fit'
  | 'zoomIn'
  | 'zoomOut'
  | 'actualSize'
  | 'nudgeLeft'
  | 'nudgeRight'
  | 'nudgeUp'
  | 'nudgeDown'
  | 'nudgeLeftFar'
  | 'nudgeRightFar'
  | 'nudgeUpFar'
  | 'nudgeDownFar'
  | 'resizeRight'
  | 'resizeLeft'
  | 'resizeDown'
  | 'resizeUp'
  | 'resizeRightFar'
  | 'resizeLeftFar'
  | 'resizeDownFar'
  | 'resizeUpFar'
  | 'keyframe'
  | 'outside'
  | 'splitTrack'
  | 'startHere'
  | 'endHere'
  | 'extendHere'
  | 'handOver'
  | 'swapTracks'
  | 'holdNext'
  | 'occluded'
  | 'finish'
  | 'removeLast'
  | 'cancel';

export type KeyGroup = 'Tools' | 'Objects' | 'Suggestions' | 'View' | 'Video' | 'Editing';
export type KeyBinding = {
  readonly action: ActionName;
  readonly title: string;
  readonly group: KeyGroup;
  readonly keys: readonly string[];
};

const bind = (group: KeyGroup, action: ActionName, title: string, ...keys: string[]): KeyBinding => ({
  action,
  title,
  group,
  keys,
});

/** Ctrl stands for Cmd on a Mac. Digits pick labels and are not in the table. */
export const DEFAULT_KEYMAP: readonly KeyBinding[] = [
  bind('Tools', 'drawAgain', 'Draw again', 'N'),
  bind('Tools', 'toolSelect', 'Select', 'S'),
  bind('Tools', 'toolBox', 'Box', 'B'),
  bind('Tools', 'toolPolygon', 'Polygon', 'P'),
  bind('Tools', 'toolPolyline', 'Line', 'I'),
  bind('Tools', 'toolPoints', 'Points', 'Shift+P'),
  bind('Tools', 'toolEllipse', 'Ellipse', 'Shift+E'),
  bind('Tools', 'toolCuboid', 'Cuboid', 'Shift+B'),
  bind('Tools', 'toolSkeleton', 'Skeleton', 'Shift+K'),
  bind('Tools', 'toolBrush', 'Brush', 'Y'),
  bind('Tools', 'toolEraser', 'Eraser', 'U'),
  bind('Tools', 'toolCut', 'Cut polygons along a line', 'X'),
  bind('Tools', 'toolMeasure', 'Measure', 'Shift+M'),
  bind('Tools', 'toolSmart', 'Smart select', 'W'),
  bind('Tools', 'nextOutline', 'Smart select: next outline (or Tab)', '.'),
  bind('Tools', 'previousOutline', 'Smart select: outline before', ','),
  bind('Tools', 'refine', 'Outline the selected object or suggestion', 'Shift+W'),
  bind('Tools', 'toolPan', 'Move the picture', 'M'),
  bind('Tools', 'brushSmaller', 'Smaller brush', '['),
  bind('Tools', 'brushLarger', 'Larger brush', ']'),
  bind('Tools', 'snap', 'Snap to points and edges, or not', 'Shift+N'),
  bind('Tools', 'finish', 'Finish the shape, accept the preview', 'Enter'),
  bind('Tools', 'removeLast', 'Take the last point back', 'Backspace'),
  bind('Tools', 'cancel', 'Cancel, then deselect', 'Escape'),
  bind('Editing', 'undo', 'Undo', 'Ctrl+Z'),
  bind('Editing', 'redo', 'Redo', 'Ctrl+Y', 'Ctrl+Shift+Z'),
  bind('Editing', 'copy', 'Copy', 'Ctrl+C'),
  bind('Editing', 'cut', 'Cut', 'Ctrl+X'),
  bind('Editing', 'paste', 'Paste', 'Ctrl+V'),
  bind('Editing', 'selectAll', 'Select everything', 'Ctrl+A'),
  bind('Editing', 'delete', 'Delete', 'Delete'),
  bind('Editing', 'nudgeLeft', 'Move 1 pixel left', 'ArrowLeft'),
  bind('Editing', 'nudgeRight', 'Move 1 pixel right', 'ArrowRight'),
  bind('Editing', 'nudgeUp', 'Move 1 pixel up', 'ArrowUp'),
  bind('Editing', 'nudgeDown', 'Move 1 pixel down', 'ArrowDown'),
  bind('Editing', 'nudgeLeftFar', 'Move 10 pixels left', 'Shift+ArrowLeft'),
  bind('Editing', 'nudgeRightFar', 'Move 10 pixels right', 'Shift+ArrowRight'),
  bind('Editing', 'nudgeUpFar', 'Move 10 pixels up', 'Shift+ArrowUp'),
  bind('Editing', 'nudgeDownFar', 'Move 10 pixels down', 'Shift+ArrowDown'),
  bind('Editing', 'resizeRight', '1 pixel wider', 'Alt+ArrowRight'),
  bind('Editing', 'resizeLeft', '1 pixel narrower', 'Alt+ArrowLeft'),
  bind('Editing', 'resizeDown', '1 pixel taller', 'Alt+ArrowDown'),
  bind('Editing', 'resizeUp', '1 pixel lower', 'Alt+ArrowUp'),
  bind('Editing', 'resizeRightFar', '10 pixels wider', 'Alt+Shift+ArrowRight'),
  bind('Editing', 'resizeLeftFar', '10 pixels narrower', 'Alt+Shift+ArrowLeft'),
  bind('Editing', 'resizeDownFar', '10 pixels taller', 'Alt+Shift+ArrowDown'),
  bind('Editing', 'resizeUpFar', '10 pixels lower', 'Alt+Shift+ArrowUp'),
  bind('Objects', 'nextObject', 'Next object', 'Tab'),
  bind('Objects', 'previousObject', 'Previous object', 'Shift+Tab'),
  bind('Objects', 'hide', 'Hide', 'H'),
  bind('Objects', 'showAll', 'Show all hidden', 'Shift+H'),
  bind('Objects', 'lock', 'Lock or unlock', 'L'),
  bind('Objects', 'front', 'Bring to front', 'Shift+PageUp'),
  bind('Objects', 'back', 'Send to back', 'Shift+PageDown'),
  bind('Objects', 'stepUp', 'One up', 'Alt+PageUp'),
  bind('Objects', 'stepDown', 'One down', 'Alt+PageDown'),
  bind('Objects', 'group', 'Group', 'Ctrl+G'),
  bind('Objects', 'ungroup', 'Ungroup', 'Ctrl+Shift+G'),
  bind('Objects', 'join', 'Join polygons that touch, or two tracks', 'J'),
  bind('Objects', 'fillHoles', 'Fill the holes of masks', 'Shift+J'),
  bind('Objects', 'toMask', 'Turn into a mask', 'Shift+Y'),
  bind('Objects', 'toPolygon', 'Turn into a polygon', 'Shift+O'),
  bind('Objects', 'occluded', 'Covered or not', 'Q'),
  bind('Suggestions', 'acceptSuggestion', 'Accept the suggestion', 'A'),
  bind('Suggestions', 'rejectSuggestion', 'Reject the suggestion', 'R'),
  bind('Suggestions', 'editSuggestion', 'Take the suggestion over to edit it', 'E'),
  bind('Suggestions', 'acceptAll', 'Accept all above the slider', 'Shift+A'),
  bind('Suggestions', 'refineAll', 'Outline all suggested boxes', 'Shift+V'),
  bind('Suggestions', 'everything', 'Suggest everything in the smart box or picture', 'Shift+X'),
  bind('View', 'fit', 'Fit the picture', 'Ctrl+0'),
  bind('View', 'actualSize', 'One picture pixel per screen pixel', 'Ctrl+1'),
  bind('View', 'zoomIn', 'Zoom in', '+', 'Ctrl+=', '='),
  bind('View', 'zoomOut', 'Zoom out', '-', 'Ctrl+-'),
  bind('Video', 'keyframe', 'Set or remove a keyframe', 'K'),
  bind('Video', 'outside', 'Object leaves or returns', 'O'),
  bind('Video', 'splitTrack', 'Split the track here', 'Shift+Z'),
  bind('Video', 'startHere', 'The track begins here', '{'),
  bind('Video', 'endHere', 'The track ends here', '}'),
  bind('Video', 'extendHere', 'The track is here too', 'Shift+I'),
  bind('Video', 'holdNext', 'Copy to the next frames', 'Ctrl+D'),
  bind('Video', 'handOver', 'From here it is the other selected track', 'Shift+U'),
  bind('Video', 'swapTracks', 'From here the two selected tracks are each other', 'Shift+L'),
];

/** Two actions on one key. */
export class KeyClashError extends Error {
  constructor(
    readonly key: string,
    readonly actions: readonly [ActionName, ActionName],
  ) {
    super(`${key} is already "${actions[0]}"`);
    this.name = 'KeyClashError';
  }
}

export type KeyInput = {
  readonly key: string;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly shiftKey?: boolean;
  readonly altKey?: boolean;
};

/** The chord as the table writes it: `Ctrl+Shift+Z`, `Delete`, `A`, `+`. */
export function chordOf(input: KeyInput): string {
  const letter = input.key.length === 1;
  const key = letter ? input.key.toUpperCase() : input.key;
  const isAlpha = letter && key !== key.toLowerCase();
  const parts: string[] = [];
  if (input.ctrlKey || input.metaKey) parts.push('Ctrl');
  if (input.altKey) parts.push('Alt');
  // Shift is part of "+" or "?" already; on letters and named keys it is a choice.
  if (input.shiftKey && (isAlpha || !letter)) parts.push('Shift');
  return [...parts, key].join('+');
}

export class Keymap {
  readonly bindings: readonly KeyBinding[];
  private readonly byChord = new Map<string, ActionName>();

  /** `changes`: action → keys, in place of the default ones. Throws KeyClashError. */
  constructor(changes: Partial<Record<ActionName, readonly string[]>> = {}) {
    this.bindings = DEFAULT_KEYMAP.map((binding) => ({
      ...binding,
      keys: changes[binding.action] ?? binding.keys,
    }));
    for (const { action, keys } of this.bindings) {
      for (const key of keys) {
        const held = this.byChord.get(key);
        if (held) throw new KeyClashError(key, [held, action]);
        this.byChord.set(key, action);
      }
    }
  }

  actionOf(input: KeyInput): ActionName | null {
    return this.byChord.get(chordOf(input)) ?? null;
  }
}
