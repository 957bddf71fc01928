/** Mantine's looks on the router's links. */
import {
  ActionIcon,
  Anchor,
  Button,
  type ActionIconProps,
  type AnchorProps,
  type ButtonProps,
} from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { forwardRef, type AnchorHTMLAttributes } from 'react';

type Rest<P> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P>;

const MantineButton = forwardRef<HTMLAnchorElement, ButtonProps & Rest<ButtonProps>>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));
MantineButton.displayName = 'ButtonLink';

const MantineAnchor = forwardRef<HTMLAnchorElement, AnchorProps & Rest<AnchorProps>>((props, ref) => (
  <Anchor ref={ref} {...props} />
));
MantineAnchor.displayName = 'TextLink';

const MantineActionIcon = forwardRef<HTMLAnchorElement, ActionIconProps & Rest<ActionIconProps>>(
  (props, ref) => <ActionIcon component="a" ref={ref} {...props} />,
);
MantineActionIcon.displayName = 'IconLink';

const PlainAnchor = forwardRef<HTMLAnchorElement, AnchorHTMLAttributes<HTMLAnchorElement>>((props, ref) => (
  <a ref={ref} {...props} />
));
PlainAnchor.displayName = 'PlainLink';

/** A button that goes somewhere. */
export const ButtonLink = createLink(MantineButton);
/** Words that go somewhere. */
export const TextLink = createLink(MantineAnchor);
export const IconLink = createLink(MantineActionIcon);
/** No looks of its own: for cards and rows. */
export const PlainLink = createLink(PlainAnchor);
