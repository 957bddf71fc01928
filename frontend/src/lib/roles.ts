/** Roles in rising order, as the API has them. Pages hide what a role cannot do; the API refuses it anyway. */

export const ROLES = ['viewer', 'annotator', 'reviewer', 'scientist', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_MEANING: Record<Role, string> = {
  viewer: 'sees pictures, labels and models',
  annotator: 'labels pictures',
  reviewer: 'also approves and returns work',
  scientist: 'also freezes datasets, trains and promotes models',
  manager: 'also sets up projects, cameras and people',
  admin: 'also manages the organisation',
};

export function atLeast(role: string | null | undefined, needed: Role): boolean {
  const rank = ROLES.indexOf(role as Role);
  return rank >= ROLES.indexOf(needed);
}
