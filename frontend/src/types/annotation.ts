/** Labelling and review as the API speaks of them. */
import type { Schemas } from '@/types/api';

export type OpenTask = Schemas['OpenTask'];
export type TaskAsset = OpenTask['asset'];
export type Comment = Schemas['Comment'];
export type WorkAssignment = Schemas['Assignment'];
export type Labels = Schemas['Labels'];
export type RegionRow = Schemas['Region'];
export type SuggestionRow = Schemas['Suggestion'];
export type GridSuggestion = Schemas['GridSuggestion'];
export type ReviewRow = Schemas['ReviewRow'];
export type RevisionDetail = Schemas['RevisionDetail'];
export type RecentTask = Schemas['RecentTask'];
export type Submitted = Schemas['Submitted'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type HistoryPage = Schemas['PaginatedHistoryEntryList'];
export type Present = Schemas['Present'];
