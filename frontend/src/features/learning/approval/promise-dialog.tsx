import { Alert, Button, Group, Modal, NumberInput, Radio, Select, Stack } from '@mantine/core';
import { useState } from 'react';

import { useAction } from '@/hooks/use-action';
import { newIdempotencyKey } from '@/lib/api-client';

import { policyMake, type Offer, type Policy } from './api';
import { approvalWords as words } from './words';

type Props = { projectId: string; offers: Offer[]; onClose: () => void };
type Scope = Policy['scope'];

/** What may be approved, and how many mistakes are allowed. */
export function PromiseDialog({ projectId, offers, onClose }: Props) {
  const [key] = useState(newIdempotencyKey);
  const [modelId, setModel] = useState(offers[0]?.model_id ?? '');
  const [scope, setScope] = useState<Scope>('pictures');
  const labels = offers.find((offer) => offer.model_id === modelId)?.labels ?? [];
  const [labelId, setLabel] = useState<string | null>(labels[0]?.id ?? null);
  const [alpha, setAlpha] = useState<number | string>(5);
  const [missed, setMissed] = useState<number | string>(5);
  const [audit, setAudit] = useState<number | string>(5);
  const save = useAction({
    run: () =>
      policyMake(
        projectId,
        {
          model_id: modelId,
          scope,
          label_id: scope === 'boxes' ? labelId : null,
          alpha: Number(alpha) / 100,
          missed_alpha: Number(missed) / 100,
          delta: 0.05,
          audit_rate: Number(audit) / 100,
        },
        // Another promise is another request.
        `${key}:${[modelId, scope, labelId, alpha, missed, audit].join(':')}`,
      ),
    makesOld: [['approval', projectId]],
    errors: 'inline',
    onDone: onClose,
  });
  const fields = save.error?.fields ?? {};
  return (
    <Modal opened onClose={onClose} title={words.make}>
      <Stack>
        {save.error && (
          <Alert color="red" variant="light" role="alert">
            {save.error.message}
          </Alert>
        )}
        {offers.length > 1 && (
          <Select
            label={words.model}
            data={offers.map((offer) => ({ value: offer.model_id, label: String(offer.model_number) }))}
            value={modelId}
            allowDeselect={false}
            onChange={(value) => {
              setModel(value ?? '');
              setLabel(offers.find((offer) => offer.model_id === value)?.labels[0]?.id ?? null);
            }}
          />
        )}
        <Radio.Group label={words.what} value={scope} onChange={(value) => setScope(value as Scope)}>
          <Stack gap="xs" mt={6}>
            {(['pictures', 'boxes'] as const).map((one) => (
              <Radio key={one} value={one} label={words.whats[one]} description={words.whatAbout[one]} />
            ))}
          </Stack>
        </Radio.Group>
        {scope === 'boxes' && (
          <Select
            label={words.label}
            error={fields.label_id}
            data={labels.map(({ id, name }) => ({ value: id, label: name }))}
            value={labelId}
            allowDeselect={false}
            onChange={setLabel}
          />
        )}
        <NumberInput
          label={words.alpha}
          description={words.alphaAbout}
          error={fields.alpha}
          min={0.5}
          max={20}
          decimalScale={1}
          value={alpha}
          onChange={setAlpha}
        />
        {scope === 'pictures' && (
          <NumberInput
            label={words.missed}
            error={fields.missed_alpha}
            min={1}
            max={30}
            decimalScale={1}
            value={missed}
            onChange={setMissed}
          />
        )}
        <NumberInput
          label={words.audit}
          error={fields.audit_rate}
          min={2}
          max={50}
          decimalScale={1}
          value={audit}
          onChange={setAudit}
        />
        <Group justify="flex-end">
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {words.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
