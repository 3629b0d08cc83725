import type { Chosen } from './uploads.ts';

/** So many files of a dropped folder are taken. */
const most = 1_000;

/** What was chosen in a file field. */
export function chosenOf(files: FileList | null): readonly Chosen[] {
  return [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped, folders with all that is in them. Has to be called while the drop is told of. */
export async function droppedOf(data: DataTransfer): Promise<readonly Chosen[]> {
  const entries = [...data.items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry?.() ?? []) : []));
  if (entries.length === 0) return chosenOf(data.files);
  const chosen: Chosen[] = [];
  for (const entry of entries) await collect(entry, '', chosen);
  return chosen;
}

async function collect(entry: FileSystemEntry, folder: string, chosen: Chosen[]): Promise<void> {
  if (chosen.length >= most) return;
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    chosen.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return;
    for (const each of some) await collect(each, `${path}/`, chosen);
  }
}
