import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import { type LeadCard as Lead, isLead, newestFirst } from "../deals";
import { type LeadStatus, LeadsDocument, UpdateLeadDocument } from "../graphql";
import { useRecent } from "../news";
import { Avatar } from "../parts/Avatar";
import { Choice } from "../parts/Choice";
import { Convert } from "../parts/Convert";
import { Cut } from "../parts/Cut";
import { Heading } from "../parts/Heading";
import { Loading } from "../parts/Loading";
import { NewDeal } from "../parts/NewDeal";
import { href } from "../route";
import { text } from "../text";
import { useViewer } from "../viewer";

const STATUSES: LeadStatus[] = ["NEW", "CONTACTED", "QUALIFIED", "UNQUALIFIED"];

export function LeadsPage() {
  const viewer = useViewer();
  const [{ data, error }, again] = useQuery({ query: LeadsDocument });
  if (!data) return <Loading page={text.leads} failed={error} again={again} />;
  const leads = newestFirst(data.leads.nodes.filter(isLead));
  return (
    <>
      <div className="page-head">
        <Heading>{text.leads}</Heading>
        <p className="quiet">
          {text.leadCount(leads.length)} <Cut list={data.leads} />
        </p>
        {viewer && viewer.role !== "VIEWER" && <NewDeal kind="lead" />}
      </div>
      <div className="board leads">
        {STATUSES.map((status) => (
          <section key={status} className="column" aria-labelledby={status}>
            <header>
              <h2 id={status}>{text.leadStatus[status]}</h2>
            </header>
            <ul>
              {leads
                .filter((lead) => lead.leadStatus === status)
                .map((lead) => (
                  <LeadCard key={lead.id} lead={lead} />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

function LeadCard({ lead }: { lead: Lead }) {
  const recent = useRecent(lead.id);
  const { change } = useChange();
  return (
    <li className={`card${recent ? " recent" : ""}`}>
      <a id={`card-${lead.id}`} href={href({ page: "deal", id: lead.id })}>
        {lead.name}
      </a>
      <p className="facts">
        {lead.company && <strong>{lead.company}</strong>}
        {lead.source && <span>{lead.source}</span>}
      </p>
      <p className="who">
        <Avatar name={lead.owner.fullName} label />
        <span>{lead.contact?.fullName ?? text.noContact}</span>
      </p>
      {lead.viewerCanEdit && (
        <p className="row">
          <Choice
            id={`status-${lead.id}`}
            label={text.pair(text.leadState, lead.name)}
            value={lead.leadStatus}
            options={STATUSES.map((status) => [status, text.leadStatus[status]])}
            onChoose={(leadStatus) => change(UpdateLeadDocument, { input: { id: lead.id, leadStatus } })}
          />
          {lead.leadStatus === "QUALIFIED" && <Convert id={lead.id} />}
        </p>
      )}
      {recent && <p className="said">{recent}</p>}
    </li>
  );
}
