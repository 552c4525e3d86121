import { useChange } from "../api/useChange";
import {
  ArchiveDealDocument,
  AssignOwnerDocument,
  type DealVisibility,
  RestoreDealDocument,
  ShareDealDocument,
  UnshareDealDocument,
  UpdateLeadDocument,
  UpdateOpportunityDocument,
} from "../graphql";
import { Panel } from "../parts/Panel";
import { PersonLine } from "../parts/PersonLine";
import { Picker } from "../parts/Picker";
import { text } from "../text";
import { useViewer } from "../viewer";
import type { Deal } from "./DealPage";

/** Who sees the deal and whose it is: for its owner and admins. */
export function AccessPanel({ deal }: { deal: Deal }) {
  const viewer = useViewer();
  const { change } = useChange();
  const governs = viewer?.role === "ADMIN" || viewer?.id === deal.owner.id;
  if (!governs) return null;

  const setVisibility = (visibility: DealVisibility) => {
    const input = { id: deal.id, visibility };
    return deal.__typename === "Lead" ? change(UpdateLeadDocument, { input }) : change(UpdateOpportunityDocument, { input });
  };
  return (
    <Panel title={text.visibility} className="access">
      <p>{deal.visibility === "RESTRICTED" ? text.restricted : text.everyone}</p>
      <ul className="lines">
        {deal.sharedWith.map((user) => (
          <li key={user.id}>
            <PersonLine name={user.fullName} detail={text.sharedWith}>
              <button
                type="button"
                className="bare"
                aria-label={text.removeName(user.fullName)}
                onClick={() => change(UnshareDealDocument, { input: { dealId: deal.id, userIds: [user.id] } })}
              >
                ×
              </button>
            </PersonLine>
          </li>
        ))}
      </ul>
      <div className="columns">
        <Picker
          of="users"
          label={text.shareWith}
          without={[deal.owner.id, ...deal.sharedWith.map((user) => user.id)]}
          onPick={({ id }) => change(ShareDealDocument, { input: { dealId: deal.id, userIds: [id] } })}
        />
        <Picker
          of="owners"
          label={text.assign}
          without={[deal.owner.id]}
          onPick={({ id }) => change(AssignOwnerDocument, { input: { dealId: deal.id, userId: id } })}
        />
      </div>
      <p className="row">
        {deal.visibility === "RESTRICTED" ? (
          <button type="button" onClick={() => setVisibility("ORGANISATION")}>
            {text.open}
          </button>
        ) : (
          <button type="button" onClick={() => setVisibility("RESTRICTED")}>
            {text.restrict}
          </button>
        )}
        <button
          type="button"
          onClick={() => change(deal.archivedAt ? RestoreDealDocument : ArchiveDealDocument, { id: deal.id })}
        >
          {deal.archivedAt ? text.restore : text.archive}
        </button>
      </p>
    </Panel>
  );
}
