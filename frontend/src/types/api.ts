/** What several features share from the API, under the names used here. Generated types, never typed by hand. */
import type { components } from '@/types/generated/schema';

export type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type SessionUser = Schemas['User'];
export type OrganisationRef = Schemas['OrganisationRole'];
export type DemoAccount = Schemas['DemoAccount'];

export type Shape = Label['shapes'][number];
export type AttributeType = Attribute['type'];
export type Attribute = Schemas['Attribute'];
export type Label = Schemas['LabelFull'];
export type Ontology = Schemas['Ontology'];
export type Project = Schemas['Project'];
export type ProjectRow = Schemas['ProjectRow'];
export type ProjectSettings = Schemas['ProjectSettings'];

export type Job = Schemas['Job'];
export type JobState = Job['state'];
export type Notice = Schemas['Notice'];

export type Overview = Schemas['Overview'];
export type TaskRow = Schemas['TaskRow'];
export type Upload = Schemas['Upload'];
