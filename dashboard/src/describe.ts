/** What happened, in words: the same for a notice, a card and the timeline. */

import { day, list, money, percent } from "./format";
import type { EventFragment } from "./graphql";
import { stageName, text } from "./text";

type Change = EventFragment["changes"][number];
type Named = Change["beforeNode"];
type Texts = Record<string, string | undefined>;

const { did } = text;

export function describe(event: EventFragment): string {
  const of = (field: Change["field"]) => event.changes.filter((change) => change.field === field);
  const after = (field: Change["field"]) => of(field).flatMap((change) => (change.afterNode ? [name(change.afterNode)] : []));
  const before = (field: Change["field"]) =>
    of(field).flatMap((change) => (change.beforeNode && !change.afterNode ? [name(change.beforeNode)] : []));

  // The one who went and the one who stayed go by one id now.
  const joined = event.changes.find(
    ({ field, before, beforeNode }) =>
      wasMerged(field, beforeNode, before) && event.changes.some(({ afterNode }) => afterNode?.id === beforeNode?.id),
  );
  if (joined) return did.mergedEntries(name(joined.beforeNode));

  switch (event.kind) {
    case "CREATED":
      return did.created;
    case "WON":
      return did.won;
    case "LOST":
      return did.lost;
    case "STAGE_CHANGED":
    case "REOPENED":
      return did.movedTo(list(after("STAGE")));
    case "CONVERTED":
      return did.converted;
    case "CONVERSION_UNDONE":
      return did.undidConversion;
    case "ARCHIVED":
      return did.archived;
    case "RESTORED":
      return did.restored;
    case "CONTACT_CHANGED":
      return after("CONTACT").length ? did.madeContact(list(after("CONTACT"))) : did.clearedContact;
    case "CONTACT_EDITED":
      return did.editedContact;
    case "OWNER_CHANGED":
      return did.handedTo(list(after("OWNER")));
    case "VISIBILITY_CHANGED": {
      const [change] = of("VISIBILITY");
      if (change) return change.after === "RESTRICTED" ? did.restricted : did.opened;
      const shared = after("SHARED_WITH");
      return shared.length ? did.shared(list(shared)) : did.unshared(list(before("SHARED_WITH")));
    }
    case "PARTICIPANTS_CHANGED": {
      if (after("PARTICIPANT").length) return did.addedParticipant(list(after("PARTICIPANT")));
      if (before("PARTICIPANT").length) return did.removedParticipant(list(before("PARTICIPANT")));
      const [role] = of("PARTICIPANT_ROLE");
      if (role) return did.changedRole(name(role.afterNode), value(role, role.after));
      const [label] = of("PARTICIPANT_LABEL");
      return label ? did.changedLabel(name(label.afterNode)) : did.changed;
    }
    case "SUBSCRIBERS_CHANGED": {
      const [change] = of("SUBSCRIBER");
      const own = (change?.afterNode ?? change?.beforeNode)?.id === event.actor?.id;
      if (after("SUBSCRIBER").length) return own ? did.follows : did.addedFollower(list(after("SUBSCRIBER")));
      return own ? did.followsNoMore : did.removedFollower(list(before("SUBSCRIBER")));
    }
    case "COMMENTED":
      return did.commented;
    case "COMMENT_EDITED":
      return did.editedComment;
    case "COMMENT_DELETED":
      return did.deletedComment;
    case "MESSAGE_SENT":
      return did.wrote;
    case "MESSAGE_DELIVERED":
      return did.delivered;
    case "MESSAGE_FAILED":
      return did.notDelivered;
    case "MESSAGE_RECEIVED":
      return did.received;
    case "CONTRIBUTION_RECORDED":
      return did.contributed(event.contribution?.contact.fullName ?? text.somebody);
    case "UPDATED": {
      const [change, ...others] = event.changes;
      if (others.length) return did.changedFields(list(event.changes.map(({ field }) => text.fields[field])));
      return change ? did.setField(text.fields[change.field], value(change, change.after)) : did.changed;
    }
  }
}

/** Who did it: a message that comes in is written by somebody outside; what becomes of one is the server's doing. */
export function who({ actor, kind, contribution }: EventFragment): string {
  if (actor) return actor.fullName;
  if (kind === "MESSAGE_RECEIVED" && contribution) return contribution.contact.fullName;
  return kind.startsWith("MESSAGE_") ? "Dealcast" : text.somebody;
}

/** One change as "field: before → after". */
export function difference(change: Change): string {
  // The role or label of a participant is a value; the node beside it says whose.
  const whose = change.field.startsWith("PARTICIPANT_");
  const side = (node: Named, plain: string | null) => {
    if (!node || whose) return value(change, plain);
    return wasMerged(change.field, node, plain) ? text.otherEntry(name(node)) : name(node);
  };
  const field = text.fields[change.field];
  const to = `${side(change.beforeNode, change.before)} → ${side(change.afterNode, change.after)}`;
  return text.pair(whose ? `${field} (${name(change.afterNode)})` : field, to);
}

/** Whether a contact was merged into another since: its id leads to the one who stayed. */
const wasMerged = (field: Change["field"], node: Named, id: string | null) =>
  (field === "CONTACT" || field === "PARTICIPANT") && node !== null && node.id !== id;

function name(node: Named): string {
  if (node === null) return text.somebody;
  if ("fullName" in node) return node.fullName;
  return "name" in node ? stageName(node) : text.somebody;
}

function value(change: Change, plain: string | null): string {
  if (plain === null) return text.none;
  switch (change.field) {
    case "AMOUNT": {
      const [amount, currency] = plain.split(" ");
      return amount && currency ? money({ amount, currency }) : plain;
    }
    case "EXPECTED_CLOSE_DATE":
      return day(plain);
    case "PROBABILITY":
      return percent(Number(plain));
    case "PARTICIPANT_ROLE":
      return (text.roles as Texts)[plain] ?? plain;
    case "STATUS":
      return (text.leadStatus as Texts)[plain] ?? (text.status as Texts)[plain] ?? plain;
    case "VISIBILITY":
      return plain === "RESTRICTED" ? text.restrictedBadge : text.everyone;
    case "NAME":
    case "PARTICIPANT_LABEL":
    case "LOST_REASON":
    case "SOURCE":
    case "COMPANY":
      return plain;
    default:
      // An id of what is no longer there, or not for our eyes.
      return text.somebody;
  }
}
