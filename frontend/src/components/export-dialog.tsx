import { Button, Group, Modal, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';

import type { Query } from '@/lib/api-client';
import { EXPORT_FORMATS, EXPORT_HOLDS, exportUrl, type ExportFormat } from '@/lib/exports';

type Props = {
  projectId: string;
  title: string;
  /** What is in it, in words. */
  about: string;
  /** A frozen version or the grid's filters, as the address has them. */
  of: Query;
  onClose: () => void;
};

/** Approved labels as a zip, streamed straight to the browser's downloads. */
export function ExportDialog({ projectId, title, about, of, onClose }: Props) {
  const [format, setFormat] = useState<ExportFormat>('coco');
  const [images, setImages] = useState(true);
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack>
        <Text size="sm" c="dimmed">
          {about}
        </Text>
        <SegmentedControl
          aria-label="Format"
          data={EXPORT_FORMATS}
          value={format}
          onChange={(value) => setFormat(value as ExportFormat)}
        />
        <Text size="xs" c="dimmed" aria-live="polite">
          {EXPORT_HOLDS[format]}{' '}
          {format !== 'siteloop' && 'What it cannot hold is named in left-out.json in the zip.'}
        </Text>
        <Switch
          label="With the pictures and videos"
          description="Without, the zip holds only the labels and stays small."
          checked={images}
          onChange={(event) => setImages(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            component="a"
            href={exportUrl(projectId, format, images, of)}
            download
            leftSection={<IconDownload size={16} stroke={1.6} />}
            onClick={onClose}
            data-autofocus
          >
            Download
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
