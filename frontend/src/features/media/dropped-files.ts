/** Files out of what was dropped or chosen, folders walked, with their path as name. */

export type NamedFile = { file: File; name: string };

const isHidden = (name: string) => name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini';

export function fromInput(files: FileList | null): NamedFile[] {
  return [...(files ?? [])]
    .map((file) => ({ file, name: file.webkitRelativePath || file.name }))
    .filter(({ file }) => !isHidden(file.name));
}

export async function fromDrop(data: DataTransfer): Promise<NamedFile[]> {
  // Entries must be taken before the first wait: the browser empties the list then.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return fromInput(data.files);
  const nested = await Promise.all(entries.map((entry) => walk(entry)));
  return nested.flat();
}

async function walk(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (isHidden(entry.name)) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((done, refused) =>
      (entry as FileSystemFileEntry).file(done, refused),
    );
    return [{ file, name: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  for (;;) {
    // Answers at most 100 entries at a time, and an empty list at the end.
    const batch = await new Promise<FileSystemEntry[]>((done, refused) => reader.readEntries(done, refused));
    if (batch.length === 0) return found;
    for (const child of batch) found.push(...(await walk(child)));
  }
}
