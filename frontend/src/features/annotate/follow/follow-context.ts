/** The open video's follower, for whoever shows what it does. */
import { createContext, useContext } from 'react';

import type { Follower } from './follower';

export const FollowContext = createContext<Follower | null>(null);

/** Null for pictures, and for what may only be looked at. */
export const useFollowerHere = (): Follower | null => useContext(FollowContext);
