import { createStore } from "./store";

/** How many lines of the inbox are unread: pushed by the server, never counted here. */
export const unread = createStore(0);
