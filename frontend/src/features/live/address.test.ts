import { expect, test } from 'vitest';

import { withCredentials } from '@/features/live/address';

test.each([
  ['rtsp://cam/ch1', '', '', 'rtsp://cam/ch1'],
  [' rtsp://cam:554/ch1 ', 'admin', 'p@s/s:w', 'rtsp://admin:p%40s%2Fs%3Aw@cam:554/ch1'],
  ['http://old:one@cam/x?y=a@b', 'new', 'two', 'http://new:two@cam/x?y=a@b'],
  ['no address', 'a', 'b', 'no address'],
])('%s with %s and %s is sent as %s', (address, name, password, sent) => {
  expect(withCredentials(address, name, password)).toBe(sent);
});
