import { plural } from '@/lib/numbers';

export const homeWords = {
  title: 'Home',
  loop: 'The loop, per project',
  jobs: 'Jobs running',
  notices: 'Notices',
  noProjects: 'Nothing to work on yet',
  noProjectsWhy:
    'A project holds the pictures of one question, its labels and its models. It takes a minute.',
  askAccess: 'Nobody has shared a project with you yet. Ask a manager to add you to one.',
  newProject: 'New project',
  work: 'My work',
  record: 'How it went',
  part: 'Your part',
  partAbout: 'What was planned for you or given to you, by the day it is wanted.',
  noDay: 'No date',
  toLabel: (n: number) => `${plural(n, 'picture')} to label`,
  toReview: (n: number) => `${plural(n, 'picture')} to review`,
  workAbout: 'Pictures in your hands: assigned to you, begun, or returned with a reason.',
  idle: 'Nothing is in your hands',
  idleWhy: 'Pictures assigned or returned to you show up here. The queue hands out the next one at any time.',
  states: {
    new: 'being prepared',
    ready: 'to label',
    in_work: 'begun or returned',
    in_review: 'in review',
    approved: 'approved',
    auto_approved: 'approved',
    quarantined: 'set aside',
  } as Record<string, string>,
  noJobs: 'Nothing is running.',
  noNotices: 'Nothing new.',
};
