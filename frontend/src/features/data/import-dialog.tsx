import { Alert, Button, FileInput, Group, Modal, Progress, Radio, Select, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

import { importStart } from '@/features/data/api';
import { useAction } from '@/hooks/use-action';
import { newIdempotencyKey } from '@/lib/api-client';
import { percent } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { sendFile } from '@/lib/send-file';
import type { Schemas } from '@/types/api';

type Format = Schemas['ImportCreateRequest']['format'];
type Labels = NonNullable<Schemas['ImportCreateRequest']['labels']>;

const FORMATS: { value: Format; label: string; holds: string }[] = [
  { value: 'yolo', label: 'YOLO', holds: 'Boxes and outlines on pictures, with a data.yaml.' },
  { value: 'coco', label: 'COCO', holds: 'Objects on pictures, or on videos frame by frame.' },
  { value: 'voc', label: 'Pascal VOC', holds: 'Boxes on pictures.' },
  { value: 'cvat', label: 'CVAT', holds: 'CVAT for images 1.1 and CVAT for video 1.1, with tracks.' },
  {
    value: 'mot',
    label: 'MOT',
    holds: 'Boxes followed through videos: a folder for each, called like the video, with its gt.txt.',
  },
  { value: 'siteloop', label: 'Siteloop', holds: 'An export of Siteloop, with everything in it.' },
];
/** Formats that know tracks: the video may be in the zip or in the project. */
const KNOWS_VIDEOS: Format[] = ['coco', 'cvat', 'mot', 'siteloop'];
const LABELS: { value: Labels; label: string; description: string }[] = [
  {
    value: 'approved',
    label: 'As approved labels',
    description: 'They were checked before. They go into the next dataset.',
  },
  {
    value: 'suggestions',
    label: 'As suggestions',
    description: 'Somebody accepts or rejects each one here. Of tracks only boxes come in.',
  },
  {
    value: 'none',
    label: 'Only the pictures and videos',
    description: 'The labels in the zip are not read.',
  },
];

/** A zip of pictures or videos with labels, sent in pieces and then taken in by a job. */
export function ImportDialog({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const [key] = useState(newIdempotencyKey);
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<Format>('yolo');
  const [labels, setLabels] = useState<Labels>('approved');
  const [sent, setSent] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const navigate = useNavigate();
  useEffect(() => () => stop.current?.abort(), []);
  const send = useAction({
    run: async (zip: File) => {
      stop.current = new AbortController();
      const upload = await sendFile(projectId, zip, { onProgress: setSent, signal: stop.current.signal });
      return importStart(projectId, { upload_id: upload.id, format, labels }, key);
    },
    makesOld: [['jobs']],
    errors: 'inline',
    onDone: (job) => {
      onClose();
      void navigate({ to: paths.job(job.id) });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Import labelled data" closeOnClickOutside={!send.isPending}>
      <Stack>
        {send.error && (
          <Alert color="red" variant="light" role="alert">
            {send.error.message}
          </Alert>
        )}
        <FileInput
          label="Zip"
          description="Pictures or videos and their labels, as the tool that made them wrote them."
          placeholder="Choose a zip"
          accept=".zip,application/zip"
          value={file}
          disabled={send.isPending}
          onChange={setFile}
        />
        <Select
          label="Written as"
          data={FORMATS}
          value={format}
          allowDeselect={false}
          disabled={send.isPending}
          onChange={(value) => value && setFormat(value as Format)}
          inputWrapperOrder={['label', 'input', 'description']}
          description={`${FORMATS.find((each) => each.value === format)?.holds} ${
            KNOWS_VIDEOS.includes(format)
              ? 'A video that is not in the zip is looked for in this project by its name.'
              : 'Videos in the zip are not read.'
          }`}
        />
        <Radio.Group
          label="Take the labels in"
          value={labels}
          onChange={(value) => setLabels(value as Labels)}
        >
          <Stack gap="xs" mt={6}>
            {LABELS.map((choice) => (
              <Radio key={choice.value} {...choice} disabled={send.isPending} />
            ))}
          </Stack>
        </Radio.Group>
        {send.isPending && (
          <Stack gap={4} aria-live="polite">
            <Progress value={(sent ?? 0) * 100} aria-label="Sent" />
            <Text size="xs" c="dimmed">
              {sent === 1 ? 'Sent; starting the import…' : `${percent(sent ?? 0)} sent. Keep this page open.`}
            </Text>
          </Stack>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={!file} loading={send.isPending} onClick={() => file && send.mutate(file)}>
            Import
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
