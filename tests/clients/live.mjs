import { FOLLOW } from './documents.mjs';

export const follow = ({ live, sink }) => live.subscribe({ query: FOLLOW }, sink);
