import { useState } from "react";
import { useFresh } from "../api/useFresh";
import { useChange, useSubmit } from "../api/useChange";
import {
  type ColleagueFragment,
  DeactivateUserDocument,
  ReactivateUserDocument,
  SetUserRoleDocument,
  SignOutEverywhereDocument,
  UsersDocument,
} from "../graphql";
import { notify } from "../news";
import { Choice, optionsOf } from "../parts/Choice";
import { Dialog } from "../parts/Dialog";
import { Heading } from "../parts/Heading";
import { Loading } from "../parts/Loading";
import { Missing } from "../parts/Missing";
import { More } from "../parts/More";
import { PersonLine } from "../parts/PersonLine";
import { type Person, Picker } from "../parts/Picker";
import { text } from "../text";
import { useViewer } from "../viewer";

/** The colleagues, what they may do and whether they may come in: for admins. */
export function UsersPage() {
  const viewer = useViewer();
  if (!viewer) return <Loading page={text.users} />;
  if (viewer.role !== "ADMIN") return <Missing words={text.adminsOnly} />;
  return (
    <div className="narrow">
      <div className="page-head">
        <Heading>{text.users}</Heading>
      </div>
      <ul className="inbox">
        <Colleagues deactivated={false} />
      </ul>
      <h2>{text.deactivatedUsers}</h2>
      <ul className="inbox">
        <Colleagues deactivated={true} />
      </ul>
    </div>
  );
}

function Colleagues({ deactivated, after }: { deactivated: boolean; after?: string }) {
  const [{ data, error }, again] = useFresh(UsersDocument, { deactivated, after });
  if (!data) {
    return (
      <li className="loading">
        <Loading failed={error} again={again} />
      </li>
    );
  }
  const { nodes, pageInfo } = data.users;
  return (
    <>
      {nodes.length === 0 && <li className="read quiet">{text.nobody}</li>}
      {nodes.map((user) => (
        <li key={user.id} className="read wide">
          {deactivated ? <Former user={user} /> : <Colleague user={user} />}
        </li>
      ))}
      <More pageInfo={pageInfo}>{(end) => <Colleagues deactivated={deactivated} after={end} />}</More>
    </>
  );
}

function Colleague({ user }: { user: ColleagueFragment }) {
  const { change } = useChange();
  const [leaving, setLeaving] = useState(false);
  const { id, fullName, email, role } = user;
  const signOut = async () => {
    const payload = await change(SignOutEverywhereDocument, { userId: id });
    if (payload?.userErrors.length === 0) notify({ kind: "news", what: text.signedOut(fullName) });
  };
  return (
    <PersonLine name={fullName} detail={email}>
      <p className="row">
        <Choice
          label={text.roleOf(fullName)}
          value={role}
          options={optionsOf(text.userRoles)}
          onChoose={(next) => change(SetUserRoleDocument, { id, role: next })}
        />
        <button type="button" aria-label={text.pair(text.signOutEverywhere, fullName)} onClick={signOut}>
          {text.signOutEverywhere}
        </button>
        <button type="button" aria-label={text.pair(text.deactivate, fullName)} onClick={() => setLeaving(true)}>
          {text.deactivate}
        </button>
      </p>
      {leaving && <Deactivate user={user} onClose={() => setLeaving(false)} />}
    </PersonLine>
  );
}

function Former({ user: { id, fullName, email, role } }: { user: ColleagueFragment }) {
  const { change } = useChange();
  return (
    <PersonLine name={fullName} detail={`${email} · ${text.userRoles[role]}`}>
      <button
        type="button"
        aria-label={text.pair(text.reactivate, fullName)}
        onClick={() => change(ReactivateUserDocument, { id })}
      >
        {text.reactivate}
      </button>
    </PersonLine>
  );
}

/** Deals cannot be nobody's: who owned some needs an heir. */
function Deactivate({ user, onClose }: { user: ColleagueFragment; onClose(): void }) {
  const { submit, refusals, busy } = useSubmit();
  const [heir, setHeir] = useState<Person | null>(null);
  const deactivate = async () => {
    const payload = await submit(DeactivateUserDocument, { id: user.id, reassignDealsTo: heir?.id ?? null });
    if (payload?.userErrors.length === 0) onClose();
  };
  return (
    <Dialog
      title={text.pair(text.deactivate, user.fullName)}
      submit={text.deactivate}
      refusals={refusals}
      busy={busy}
      onClose={onClose}
      onSubmit={deactivate}
    >
      <p className="quiet">{text.heirHint}</p>
      <Picker of="owners" label={text.heir} without={[user.id]} onPick={setHeir} />
      {heir && <PersonLine name={heir.fullName} detail={heir.detail} />}
    </Dialog>
  );
}
