/** What several features share from the API. */
import type { Role } from '@/lib/roles';

export type OrganisationRef = { id: string; name: string; role: Role | '' };
export type SessionUser = {
  id: string;
  email: string;
  name: string;
  is_demo: boolean;
  preferences: Record<string, unknown>;
};
export type DemoAccount = { email: string; password: string; name: string; role: string };
export type Session = {
  user: SessionUser | null;
  organisations: OrganisationRef[];
  csrf: string;
  setup_needed: boolean;
  demo_accounts?: DemoAccount[];
};

export type Shape = 'box' | 'polygon' | 'tag' | 'track';
export type AttributeType = 'select' | 'text' | 'number' | 'bool';
export type Attribute = {
  id: string;
  name: string;
  type: AttributeType;
  options?: string[];
  required?: boolean;
  default?: string | number | boolean | null;
};
export type Label = {
  id: string;
  name: string;
  color: string;
  shortcut: string;
  shapes: Shape[];
  attributes: Attribute[];
};
export type Ontology = { id: string; number: number; labels: Label[] };

export type SiteRef = { id: string; name: string; time_zone: string };
export type Project = {
  id: string;
  name: string;
  description: string;
  guidelines: string;
  site: SiteRef | null;
  organisation_id: string;
  is_demo: boolean;
  archived_at: string | null;
  queue_paused_at: string | null;
  settings: Record<string, unknown>;
  my_role: Role;
  ontology: Ontology;
};

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type Job = {
  id: string;
  kind: string;
  title: string;
  state: JobState;
  progress: number;
  message: string;
  error: string;
  log?: string;
  result?: Record<string, unknown>;
  project_id: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  created_by_name: string | null;
};

export type Notice = {
  id: string;
  kind: 'returned' | 'assigned' | 'job_done' | 'job_failed' | 'model' | 'info';
  title: string;
  body: string;
  link: string;
  project_id: string | null;
  read_at: string | null;
  created_at: string;
};

export type Overview = {
  assets: number;
  pending: number;
  refused: number;
  suggested: number;
  labelled: number;
  in_review: number;
  approved: number;
  dataset_version: { id: string; number?: number; name?: string } | null;
  production_model: { id: string; name: string } | null;
  feeds_online: number;
  captures_24h: number;
  stuck: { step: string; message: string; link: string }[];
};
