export const commentWords = {
  title: 'Comments',
  none: 'No comments yet.',
  write: 'Write a comment',
  pinHere: 'Pin it to the middle of the view',
  pinSelected: 'Pin it to the selected object',
  send: 'Send',
  settled: 'Settled',
  settle: 'Mark as settled',
  reopen: 'Open again',
  reply: 'Reply',
  writeReply: 'Write a reply',
  sendReply: 'Send reply',
  showPlace: 'Show its place',
  left: 'Somebody who left',
  pin: (text: string, replies: number) =>
    replies === 0 ? text : `${text} (${replies} ${replies === 1 ? 'reply' : 'replies'})`,
};
