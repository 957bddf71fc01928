/** Where the slider over the suggestions stood, per project, in this browser. */
const nameOf = (projectId: string): string => `siteloop.suggestions.from.${projectId}`;

export function keptThreshold(projectId: string): number {
  try {
    const kept = Number(localStorage.getItem(nameOf(projectId)) ?? 0);
    return kept >= 0 && kept <= 1 ? kept : 0;
  } catch {
    return 0; // storage may be barred by the browser
  }
}

export function keepThreshold(projectId: string, threshold: number): void {
  try {
    localStorage.setItem(nameOf(projectId), String(threshold));
  } catch {
    // It then starts at 0 the next time.
  }
}
