import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

import { memberRemove, resetLinkCreate, type Member } from '@/features/people/api';
import { fullLink } from '@/features/people/invite-dialog';
import { peopleWords as words } from '@/features/people/strings';
import { ConfirmButton } from '@/components/confirm-button';
import { SecretBox } from '@/components/secret-box';
import { useAction } from '@/hooks/use-action';
import { orgMembersKey } from '@/hooks/use-organisation-members';
import { atLeast } from '@/lib/roles';
import type { OrganisationRef } from '@/types/api';

type Props = { member: Member; organisation: OrganisationRef };

export function MemberActions({ member, organisation }: Props) {
  const remove = useAction({
    run: () => memberRemove(organisation.id, member.user_id),
    makesOld: [orgMembersKey(organisation.id)],
    done: `${member.name} was removed`,
    errors: 'inline',
  });
  if (!atLeast(organisation.role, 'manager')) return null;
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {atLeast(organisation.role, 'admin') && <ResetLink member={member} organisation={organisation} />}
      <ConfirmButton
        size="compact-sm"
        variant="subtle"
        color="gray"
        title={`Remove ${member.name}?`}
        verb="Remove from the organisation"
        losing="They can no longer sign in to anything here. What they labelled and reviewed stays, under their name."
        onConfirm={() => remove.mutateAsync()}
      >
        {words.remove}…
      </ConfirmButton>
    </Group>
  );
}

function ResetLink({ member, organisation }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const make = useAction({ run: () => resetLinkCreate(organisation.id, member.user_id) });
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        onClick={() => {
          make.reset();
          open();
        }}
      >
        {words.reset}
      </Button>
      <Modal opened={opened} onClose={close} title={`${words.resetTitle} ${member.name}`}>
        <Stack>
          {make.data ? (
            <SecretBox about={words.linkReady} value={fullLink(make.data.link)} />
          ) : (
            <>
              <Text size="sm">{words.resetAbout}</Text>
              <Group justify="flex-end">
                <Button loading={make.isPending} onClick={() => make.mutate()}>
                  Make the link
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </Modal>
    </>
  );
}
