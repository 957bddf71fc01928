/** The keys of following, for the page and the shortcut sheet. */
export const FOLLOW_KEYS = {
  followOn: { title: 'Follow the selected track forwards', key: 'Shift+End' },
  followBack: { title: 'Follow the selected track backwards', key: 'Shift+Home' },
  fillSides: { title: 'Fill to your keyframes on both sides', key: 'Shift+Enter' },
} as const;
