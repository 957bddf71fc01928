import { Button, Group, Modal, Select, Stack, Switch, Text } from '@mantine/core';
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

const LEFT_OUT = ' What it cannot hold is named in left-out.json in the zip.';

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
        <Select
          label="Written as"
          data={EXPORT_FORMATS}
          value={format}
          allowDeselect={false}
          onChange={(value) => value && setFormat(value as ExportFormat)}
          inputWrapperOrder={['label', 'input', 'description']}
          description={EXPORT_HOLDS[format] + (format === 'siteloop' ? '' : LEFT_OUT)}
        />
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
