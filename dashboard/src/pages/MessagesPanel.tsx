import { useState } from "react";
import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import { draftKey, keepDraft, readDraft } from "../drafts";
import { ConversationDocument, type MailFragment, RetryMessageDocument } from "../graphql";
import { useRecentKind } from "../news";
import { Ago } from "../parts/Ago";
import { Avatar } from "../parts/Avatar";
import { More } from "../parts/More";
import { Panel } from "../parts/Panel";
import { text } from "../text";
import { useViewer } from "../viewer";
import { Composer } from "./Composer";
import type { Deal } from "./DealPage";

export function MessagesPanel({ deal }: { deal: Deal }) {
  const draft = draftKey(useViewer()!.id, "message", deal.id);
  const [writing, setWriting] = useState(() => readDraft(draft) !== undefined);
  const recent = useRecentKind(deal.id, "MESSAGE");
  return (
    <Panel title={text.messages} recent={recent}>
      {deal.viewerCanEdit && !writing && (
        <p className="row">
          <button type="button" className="primary" onClick={() => setWriting(true)}>
            {text.compose}
          </button>
        </p>
      )}
      {writing && (
        <Composer
          deal={deal}
          draftKey={draft}
          onClose={() => {
            keepDraft(draft, undefined);
            setWriting(false);
          }}
        />
      )}
      <ul className="comments">
        <Messages dealId={deal.id} />
      </ul>
    </Panel>
  );
}

function Messages({ dealId, after }: { dealId: string; after?: string }) {
  const [{ data }] = useQuery({ query: ConversationDocument, variables: { id: dealId, after } });
  const messages = data?.deal?.messages;
  return (
    <>
      {messages?.nodes.map((message) => (
        <Message key={message.id} message={message} />
      ))}
      <More pageInfo={messages?.pageInfo}>{(end) => <Messages dealId={dealId} after={end} />}</More>
    </>
  );
}

function Message({ message }: { message: MailFragment }) {
  const { change } = useChange();
  const recipients = [...message.to, ...message.cc];
  return (
    <li>
      <Avatar name={message.sender} />
      <div>
        <p>
          <strong>{message.subject}</strong>{" "}
          <span className={`badge ${message.status.toLowerCase()}`}>{text.delivery[message.status]}</span>{" "}
          <Ago at={message.at} />
        </p>
        <p className="quiet">
          {recipients.length ? `${message.sender} → ${recipients.join(", ")}` : text.receivedFrom(message.sender)}
        </p>
        <p className="body">{message.body}</p>
        {message.status === "FAILED" && (
          <button type="button" onClick={() => change(RetryMessageDocument, { id: message.id })}>
            {text.tryAgain}
          </button>
        )}
      </div>
    </li>
  );
}
