/** The keys of following, for the page and the shortcut sheet. */
export const FOLLOW_KEYS = {
  followOn: { title: 'Follow the selected track forwards', key: 'Shift+End' },
  followBack: { title: 'Follow the selected track backwards', key: 'Shift+Home' },
} as const;
