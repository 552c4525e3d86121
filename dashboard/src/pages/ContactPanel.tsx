import { useState } from "react";
import { useChange } from "../api/useChange";
import { type PreviousContact, SetContactDocument } from "../graphql";
import { useRecent } from "../news";
import { Ago } from "../parts/Ago";
import { Dialog } from "../parts/Dialog";
import { Meanwhile } from "../parts/Meanwhile";
import { Panel } from "../parts/Panel";
import { PersonLine } from "../parts/PersonLine";
import { type Person, Picker } from "../parts/Picker";
import { useVersioned } from "../parts/useVersioned";
import { text } from "../text";
import type { Deal } from "./DealPage";

export function ContactPanel({ deal }: { deal: Deal }) {
  const [choosing, setChoosing] = useState(false);
  const { change } = useChange();
  const { contact } = deal;
  const recent = useRecent(deal.id, (field) => field === "CONTACT");
  return (
    <Panel title={text.contact} recent={recent} hint={text.contactHint} className="contact">
      {contact ? (
        <PersonLine
          name={contact.fullName}
          detail={
            <>
              {[contact.jobTitle, contact.company].filter(Boolean).join(", ")}
              <br />
              {contact.email ?? text.noEmail}
              {deal.contactLastContributionAt && (
                <>
                  <br />
                  {text.contributions(deal.contactContributionCount)}, <Ago at={deal.contactLastContributionAt} />
                </>
              )}
            </>
          }
        />
      ) : (
        <p className="quiet empty">{text.noContact}</p>
      )}
      {deal.viewerCanEdit && (
        <p className="row">
          <button type="button" onClick={() => setChoosing(true)}>
            {contact ? text.changeContact : text.chooseContact}
          </button>
          {contact && (
            <button
              type="button"
              className="bare"
              onClick={() =>
                change(SetContactDocument, { input: { dealId: deal.id, contactId: null, previousContact: "KEEP_AS_PARTICIPANT" } })
              }
            >
              {text.clearContact}
            </button>
          )}
        </p>
      )}
      {choosing && <ChooseContact deal={deal} onClose={() => setChoosing(false)} />}
    </Panel>
  );
}

function ChooseContact({ deal, onClose }: { deal: Deal; onClose(): void }) {
  const [seen] = useState(deal);
  const { version, contact } = seen;
  const [chosen, setChosen] = useState<Person | null>(null);
  const { save, ...form } = useVersioned(SetContactDocument, deal, <Meanwhile seen={seen} current={deal} />, onClose);
  const submit = (given: FormData) => {
    if (!chosen) return;
    const previousContact = (given.get("previous") ?? "KEEP_AS_PARTICIPANT") as PreviousContact;
    void save({ dealId: deal.id, contactId: chosen.id, previousContact, expectedVersion: version });
  };
  return (
    <Dialog
      title={contact ? text.changeContact : text.chooseContact}
      {...form}
      ready={chosen !== null}
      onClose={onClose}
      onSubmit={submit}
    >
      <Picker of="contacts" label={text.newContact} without={contact ? [contact.id] : []} onPick={setChosen} />
      {chosen && <PersonLine name={chosen.fullName} detail={chosen.detail} />}
      {contact && (
        <fieldset>
          <legend>{text.formerContact(contact.fullName)}</legend>
          <label className="check">
            <input type="radio" name="previous" value="KEEP_AS_PARTICIPANT" defaultChecked /> {text.keepFormer}
          </label>
          <label className="check">
            <input type="radio" name="previous" value="REMOVE" /> {text.removeFormer}
          </label>
        </fieldset>
      )}
    </Dialog>
  );
}
