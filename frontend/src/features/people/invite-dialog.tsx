import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { invitationCreate } from '@/features/people/api';
import { peopleWords as words } from '@/features/people/strings';
import { RoleSelect } from '@/components/role-select';
import { SecretBox } from '@/components/secret-box';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';
import { orgMembersKey } from '@/hooks/use-organisation-members';
import type { Role } from '@/lib/roles';
import type { OrganisationRef } from '@/types/api';

/** The server hands out a path; people send whole addresses. */
export const fullLink = (link: string): string => new URL(link, window.location.origin).toString();

export function InviteDialog({
  organisation,
  onClose,
}: {
  organisation: OrganisationRef;
  onClose: () => void;
}) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role | ''>('annotator');
  const invite = useAction({
    run: () => invitationCreate(organisation.id, email.trim(), role),
    makesOld: [orgMembersKey(organisation.id)],
    errors: 'inline',
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={words.inviteTitle}>
      {invite.data ? (
        <Stack>
          <SecretBox about={`${words.linkReady} For ${email.trim()}.`} value={fullLink(invite.data.link)} />
          <Group justify="flex-end">
            <Button
              variant="default"
              onClick={() => {
                setEmail('');
                invite.reset();
              }}
            >
              Invite another
            </Button>
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack>
            <Text size="sm" c="dimmed">
              {words.inviteAbout}
            </Text>
            <FormError error={invite.error} fields={['email']} />
            <TextInput
              label="E-mail"
              type="email"
              value={email}
              data-autofocus
              error={invite.error?.fields.email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <RoleSelect
              label="Role everywhere"
              value={role}
              upTo={organisation.role}
              emptyLabel={words.noRole}
              onChange={setRole}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" disabled={!email.includes('@')} loading={invite.isPending}>
                Make the link
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
