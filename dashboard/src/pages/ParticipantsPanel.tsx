import { useChange } from "../api/useChange";
import { AddParticipantsDocument, RemoveParticipantsDocument, UpdateParticipantDocument } from "../graphql";
import { useRecent } from "../news";
import { useAgo } from "../parts/Ago";
import { Choice, optionsOf } from "../parts/Choice";
import { Panel } from "../parts/Panel";
import { PersonLine } from "../parts/PersonLine";
import { Picker } from "../parts/Picker";
import { text } from "../text";
import type { Deal } from "./DealPage";

type Participant = Deal["otherParticipants"][number];

export function ParticipantsPanel({ deal }: { deal: Deal }) {
  const { change } = useChange();
  const { otherParticipants: participants, contact } = deal;
  const there = participants.map((participant) => participant.contact.id);
  const recent = useRecent(deal.id, (field) => field.startsWith("PARTICIPANT"));
  return (
    <Panel title={text.participants} recent={recent} count={participants.length} hint={text.participantsHint}>
      <ul className="lines">
        {participants.map((participant) => (
          <li key={participant.contact.id}>
            <Line deal={deal} participant={participant} />
          </li>
        ))}
      </ul>
      {participants.length === 0 && <p className="quiet empty">{text.noParticipants}</p>}
      {deal.viewerCanEdit && (
        <Picker
          of="contacts"
          label={text.addParticipant}
          without={contact ? [...there, contact.id] : there}
          onPick={({ id }) => change(AddParticipantsDocument, { input: { dealId: deal.id, participants: [{ contactId: id }] } })}
        />
      )}
    </Panel>
  );
}

function Line({ deal, participant }: { deal: Deal; participant: Participant }) {
  const { change } = useChange();
  const { contact, role, label } = participant;
  const person = { dealId: deal.id, contactId: contact.id };
  const { contributionCount, lastContributionAt } = participant;
  const ago = useAgo();
  const contributed = lastContributionAt && `${text.contributions(contributionCount)}, ${ago(lastContributionAt)}`;
  const detail = [contact.jobTitle, contact.email ?? text.noEmail, contributed].filter(Boolean).join(" · ");
  if (!deal.viewerCanEdit) {
    return <PersonLine name={contact.fullName} detail={[text.roles[role], label, detail].filter(Boolean).join(" · ")} />;
  }
  const relabel = (given: string) => {
    if (given !== (label ?? "")) void change(UpdateParticipantDocument, { input: { ...person, label: given || null } });
  };
  return (
    <PersonLine name={contact.fullName} detail={detail}>
      <button
        type="button"
        className="bare"
        aria-label={text.removeName(contact.fullName)}
        onClick={() => change(RemoveParticipantsDocument, { input: { dealId: deal.id, contactIds: [contact.id] } })}
      >
        ×
      </button>
      <div className="inline">
        <Choice
          label={text.roleOf(contact.fullName)}
          value={role}
          options={optionsOf(text.roles)}
          onChoose={(next) => change(UpdateParticipantDocument, { input: { ...person, role: next } })}
        />
        <input
          // A label that somebody else writes replaces what stands here.
          key={label}
          aria-label={text.labelOf(contact.fullName)}
          placeholder={text.label}
          defaultValue={label ?? ""}
          maxLength={100}
          onBlur={(event) => relabel(event.target.value.trim())}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      </div>
    </PersonLine>
  );
}
