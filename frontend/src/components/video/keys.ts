/** The keys of a video, for the player and the shortcut sheet. */
export const VIDEO_KEYS = {
  play: { title: 'Play or pause', key: ' ' },
  frameOn: { title: 'Next frame', key: 'F' },
  frameBack: { title: 'Previous frame', key: 'D' },
  stepOn: { title: '10 frames on', key: 'V' },
  stepBack: { title: '10 frames back', key: 'C' },
  keyframeOn: { title: 'Next keyframe', key: 'Shift+F' },
  keyframeBack: { title: 'Previous keyframe', key: 'Shift+D' },
  changeOn: { title: 'Next change of the selected tracks, or of any', key: 'Ctrl+Shift+F' },
  changeBack: { title: 'Previous change of the selected tracks, or of any', key: 'Ctrl+Shift+D' },
  frameFirst: { title: 'First frame', key: 'Home' },
  frameLast: { title: 'Last frame', key: 'End' },
  zoomIn: { title: 'Show less of the timeline', key: '>' },
  zoomOut: { title: 'Show more of the timeline', key: '<' },
  zoomAll: { title: 'Show all of the timeline', key: 'Alt+0' },
  goTo: { title: 'Go to a frame or a time', key: 'Shift+T' },
} as const;
