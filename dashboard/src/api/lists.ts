/** Lists in the cache, by links alone: nothing is read or written of what they hold. */

import type { Cache, FieldArgs } from "@urql/exchange-graphcache";

type Key = string;

// A type, not an interface: the cache takes it for data.
type Entity = { __typename: string; id: string };

/** A deal's key, whatever it now is. */
export const dealKey = (cache: Cache, id: string): Key => cache.keyOfEntity({ __typename: "Opportunity", id })!;

/** The entity comes first in every list of this name that the parent has; `keep` says what else stays there. */
export function prepend(
  cache: Cache,
  parent: Key,
  list: string,
  entity: Entity,
  keep: (key: Key) => boolean = () => true,
): void {
  const key = cache.keyOfEntity(entity);
  for (const { connection, nodes, given } of lists(cache, parent, list)) {
    // What is new is on no later page.
    const first = given?.after ? [] : [key!];
    if (key && !nodes.includes(key)) link(cache, connection, [...first, ...nodes.filter(keep)]);
  }
}

/** The same where the newest comes first: what is older than that has its place read. */
export function prependByTime(cache: Cache, parent: Key, list: string, entity: Entity & { at: string }): void {
  const isOlder = lists(cache, parent, list).some(({ nodes: [newest], given }) => {
    const at = !given?.after && newest && cache.resolve(newest, "at");
    return typeof at === "string" && Date.parse(at) > Date.parse(entity.at);
  });
  const own = cache.keyOfEntity(entity);
  if (isOlder && !isListed(cache, parent, list, (key) => key === own)) forget(cache, parent, list);
  else prepend(cache, parent, list, entity);
}

export const isListed = (cache: Cache, parent: Key, list: string, is: (key: Key) => boolean): boolean =>
  lists(cache, parent, list).some(({ nodes }) => nodes.some(is));

export function remove(cache: Cache, parent: Key, list: string, key: Key): void {
  for (const { connection, nodes } of lists(cache, parent, list)) {
    if (nodes.includes(key)) {
      link(
        cache,
        connection,
        nodes.filter((other) => other !== key),
      );
    }
  }
}

/**
 * A later page goes to the end of the first one, which the dashboard reads, and says what comes behind
 * both. Not where the list ends elsewhere by now: it was read anew, and goes on from there.
 */
export function append(cache: Cache, parent: Key, list: string, after: string): void {
  const all = lists(cache, parent, list);
  const page = all.find(({ given }) => given?.after === after);
  const first = all.find(({ given }) => !given?.after);
  if (!first || !page || end(cache, first.connection) !== after) return;
  link(cache, first.connection, [...new Set([...first.nodes, ...page.nodes])]);
  cache.link(first.connection, "pageInfo", cache.resolve(page.connection, "pageInfo") as Key);
}

const end = (cache: Cache, connection: Key) =>
  cache.resolve(cache.resolve(connection, "pageInfo") as Key, "endCursor");

/** Who shows such a list asks for it again. */
export function forget(cache: Cache, parent: Key, list: string): void {
  for (const { given } of lists(cache, parent, list)) cache.invalidate(parent, list, given);
}

function lists(cache: Cache, parent: Key, list: string) {
  const found: { connection: Key; nodes: Key[]; given: FieldArgs }[] = [];
  for (const field of cache.inspectFields(parent)) {
    const connection = field.fieldName === list ? cache.resolve(parent, field.fieldKey) : null;
    const nodes = typeof connection === "string" ? cache.resolve(connection, "nodes") : null;
    if (Array.isArray(nodes)) {
      found.push({ connection: connection as Key, nodes: nodes as Key[], given: field.arguments });
    }
  }
  return found;
}

const link = (cache: Cache, connection: Key, nodes: Key[]): void => cache.link(connection, "nodes", nodes);
