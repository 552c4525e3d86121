import { useState } from "react";
import { useQuery } from "urql";
import { useChange, useSubmit } from "../api/useChange";
import { draftKey } from "../drafts";
import { AddCommentDocument, CommentsDocument, DeleteCommentDocument, EditCommentDocument, type RemarkFragment } from "../graphql";
import { useRecentKind } from "../news";
import { Ago } from "../parts/Ago";
import { Avatar } from "../parts/Avatar";
import { MentionBox } from "../parts/MentionBox";
import { More } from "../parts/More";
import { Panel } from "../parts/Panel";
import { text } from "../text";
import { useViewer } from "../viewer";
import type { Deal } from "./DealPage";

export function CommentsPanel({ deal }: { deal: Deal }) {
  const viewer = useViewer();
  const { submit, refusals, busy } = useSubmit();
  const recent = useRecentKind(deal.id, "COMMENT");
  const add = async (body: string, mentionIds: string[]) => {
    const payload = await submit(AddCommentDocument, { input: { dealId: deal.id, body, mentionIds } });
    return payload?.userErrors.length === 0;
  };
  return (
    <Panel title={text.comments} recent={recent}>
      {viewer && viewer.role !== "VIEWER" && (
        <MentionBox
          label={text.writeComment}
          submit={text.comment}
          draft={draftKey(viewer.id, "comment", deal.id)}
          refusals={refusals}
          busy={busy}
          onSubmit={add}
        />
      )}
      <ul className="comments">
        <Comments dealId={deal.id} />
      </ul>
    </Panel>
  );
}

function Comments({ dealId, after }: { dealId: string; after?: string }) {
  const [{ data }] = useQuery({ query: CommentsDocument, variables: { id: dealId, after } });
  const comments = data?.deal?.comments;
  return (
    <>
      {comments?.nodes.length === 0 && <li className="quiet empty">{text.noComments}</li>}
      {comments?.nodes.map((comment) => (
        <Comment key={comment.id} comment={comment} />
      ))}
      <More pageInfo={comments?.pageInfo}>{(end) => <Comments dealId={dealId} after={end} />}</More>
    </>
  );
}

function Comment({ comment }: { comment: RemarkFragment }) {
  const viewer = useViewer();
  const { change } = useChange();
  const [editing, setEditing] = useState(false);
  const own = viewer?.id === comment.author.id;
  return (
    <li>
      <Avatar name={comment.author.fullName} />
      <div>
        <p>
          <strong>{comment.author.fullName}</strong>{" "}
          <Ago at={comment.createdAt} />
          {comment.editedAt && <small> · {text.edited}</small>}
        </p>
        {editing ? (
          <EditComment comment={comment} onClose={() => setEditing(false)} />
        ) : (
          <p className="body">{comment.body}</p>
        )}
        {!editing && (own || viewer?.role === "ADMIN") && (
          <p className="row">
            {own && (
              <button type="button" className="bare small" onClick={() => setEditing(true)}>
                {text.edit}
              </button>
            )}
            <button type="button" className="bare small" onClick={() => change(DeleteCommentDocument, { id: comment.id })}>
              {text.delete}
            </button>
          </p>
        )}
      </div>
    </li>
  );
}

function EditComment({ comment, onClose }: { comment: RemarkFragment; onClose(): void }) {
  const { submit, refusals, busy } = useSubmit();
  const save = async (body: string, mentionIds: string[]) => {
    const payload = await submit(EditCommentDocument, { input: { id: comment.id, body, mentionIds } });
    const saved = payload?.userErrors.length === 0;
    if (saved) onClose();
    return saved;
  };
  return (
    <MentionBox
      label={text.edit}
      submit={text.save}
      start={comment}
      refusals={refusals}
      busy={busy}
      onSubmit={save}
      onCancel={onClose}
    />
  );
}
