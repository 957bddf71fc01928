import { Button, Group, Text } from '@mantine/core';
import { IconFolder, IconUpload } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';

import { fromDrop, fromInput, type NamedFile } from '@/features/media/dropped-files';
import css from '@/features/media/media.module.css';
import { mediaWords as words } from '@/features/media/strings';
import { toastError } from '@/lib/toast';

const ACCEPT = 'image/*,video/*,.zip,.mkv';

export function DropZone({ onFiles }: { onFiles: (files: NamedFile[]) => void }) {
  const [isOver, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    fromDrop(event.dataTransfer).then(onFiles, (error: unknown) =>
      toastError(error, 'Some files could not be read'),
    );
  };
  const chosen = (input: HTMLInputElement) => {
    onFiles(fromInput(input.files));
    input.value = ''; // the same file may be chosen again
  };
  return (
    <div
      className={css.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconUpload size={32} stroke={1.4} aria-hidden />
      <Text fw={600}>{words.drop}</Text>
      <Text size="xs" c="dimmed">
        {words.dropAbout}
      </Text>
      <Group gap="xs" mt="xs">
        <Button variant="default" onClick={() => files.current?.click()}>
          {words.files}
        </Button>
        <Button
          variant="default"
          leftSection={<IconFolder size={16} />}
          onClick={() => folder.current?.click()}
        >
          {words.folder}
        </Button>
      </Group>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label={words.files}
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={words.folder}
        onChange={(event) => chosen(event.currentTarget)}
        {...{ webkitdirectory: '' }}
      />
    </div>
  );
}
