import {
  Alert,
  Button,
  FileInput,
  Group,
  Modal,
  NumberInput,
  Progress,
  Select,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';

import { modelRegister } from '@/features/models/api';
import { useAction } from '@/hooks/use-action';
import { newIdempotencyKey } from '@/lib/api-client';
import { paths } from '@/lib/paths';
import { sendFile } from '@/lib/send-file';
import type { Schemas } from '@/types/api';

export type Source = 'onnx' | 'http';
type Layout = Schemas['ModelCreateRequest']['layout'];

const LAYOUTS: { value: Layout; label: string }[] = [
  { value: 'yolov8', label: 'YOLOv8 and later' },
  { value: 'yolox', label: 'YOLOX' },
  { value: 'ours', label: 'Trained by Siteloop' },
];

/** A model made elsewhere: a file that runs here, or an address that is asked. */
export function RegisterDialog({
  projectId,
  source,
  onClose,
}: {
  projectId: string;
  source: Source;
  onClose: () => void;
}) {
  const [key] = useState(newIdempotencyKey);
  const [name, setName] = useState('');
  const [classes, setClasses] = useState<string[]>([]);
  const [url, setUrl] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [size, setSize] = useState<number | string>(640);
  const [layout, setLayout] = useState<Layout>('yolov8');
  const [sent, setSent] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const navigate = useNavigate();
  useEffect(() => () => stop.current?.abort(), []);
  const register = useAction({
    run: async () => {
      const common = { name: name.trim(), classes, input_size: Number(size), layout };
      if (source === 'http') return modelRegister(projectId, { ...common, endpoint_url: url.trim() }, key);
      if (!file) throw new Error('Choose a file.');
      stop.current = new AbortController();
      const upload = await sendFile(projectId, file, { onProgress: setSent, signal: stop.current.signal });
      return modelRegister(projectId, { ...common, upload_id: upload.id }, upload.id);
    },
    makesOld: [['models', projectId]],
    done: (model) => `Model ${model.number} was added`,
    errors: 'inline',
    onDone: (model) => {
      onClose();
      void navigate({ to: paths.model(projectId, model.id) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    register.mutate();
  };
  const isReady =
    name.trim() !== '' && classes.length > 0 && (source === 'http' ? url.trim() !== '' : file !== null);
  return (
    <Modal opened onClose={onClose} title={source === 'http' ? 'Model behind an address' : 'ONNX model'}>
      <form onSubmit={submit}>
        <Stack>
          {register.error && (
            <Alert color="red" variant="light" role="alert">
              {register.error.message}
            </Alert>
          )}
          <TextInput
            label="Name"
            placeholder="Forklift detector, spring"
            value={name}
            maxLength={120}
            data-autofocus
            error={register.error?.fields.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {source === 'http' ? (
            <TextInput
              label="Address"
              description="Siteloop sends pictures there. An operator lists the hosts that are allowed."
              placeholder="https://models.example.org/detect"
              type="url"
              value={url}
              error={register.error?.fields.endpoint_url}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
          ) : (
            <>
              <FileInput
                label="File"
                placeholder="Choose an .onnx file"
                accept=".onnx"
                value={file}
                error={register.error?.fields.upload_id}
                onChange={setFile}
              />
              <Group grow>
                <Select
                  label="Layout of its answer"
                  allowDeselect={false}
                  data={LAYOUTS}
                  value={layout}
                  onChange={(value) => value && setLayout(value as Layout)}
                />
                <NumberInput
                  label="Picture size"
                  suffix=" px"
                  min={64}
                  max={1280}
                  step={32}
                  value={size}
                  onChange={setSize}
                />
              </Group>
            </>
          )}
          <TagsInput
            label="Classes"
            description="In the model's order; Enter after each. What they mean here is set on the model's page."
            placeholder={classes.length ? '' : 'person'}
            splitChars={[',', '\n']}
            value={classes}
            error={register.error?.fields.classes}
            onChange={setClasses}
          />
          {register.isPending && sent !== null && <Progress value={sent * 100} aria-label="Sent" />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady} loading={register.isPending}>
              Add model
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
