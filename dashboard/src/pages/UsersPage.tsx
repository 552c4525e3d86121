import { useState } from "react";
import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import {
  type ColleagueFragment,
  DeactivateUserDocument,
  ReactivateUserDocument,
  SetUserRoleDocument,
  SignOutEverywhereDocument,
  type UserRole,
  UsersDocument,
} from "../graphql";
import { notify } from "../news";
import { Dialog } from "../parts/Dialog";
import { Loading } from "../parts/Loading";
import { More } from "../parts/More";
import { PersonLine } from "../parts/PersonLine";
import { type Person, Picker } from "../parts/Picker";
import { text } from "../text";

/** The colleagues, what they may do and whether they may come in: for admins. */
export function UsersPage() {
  return (
    <div className="narrow">
      <div className="page-head">
        <h1>{text.users}</h1>
      </div>
      <ul className="inbox">
        <Colleagues />
      </ul>
    </div>
  );
}

function Colleagues({ after }: { after?: string }) {
  const [{ data, error }, again] = useQuery({ query: UsersDocument, variables: { after } });
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
      {nodes.map((user) => (
        <Colleague key={user.id} user={user} />
      ))}
      <More pageInfo={pageInfo}>{(end) => <Colleagues after={end} />}</More>
    </>
  );
}

function Colleague({ user }: { user: ColleagueFragment }) {
  const { change } = useChange();
  const [leaving, setLeaving] = useState(false);
  const { id, fullName, email, role, isActive } = user;
  const signOut = async () => {
    const payload = await change(SignOutEverywhereDocument, { userId: id });
    if (payload?.userErrors.length === 0) notify({ kind: "news", what: text.signedOut(fullName) });
  };
  return (
    <li className="read wide">
      <PersonLine name={fullName} detail={isActive ? email : `${email} · ${text.deactivated}`}>
        <p className="row">
          <select
            aria-label={text.roleOf(fullName)}
            value={role}
            disabled={!isActive}
            onChange={(event) => change(SetUserRoleDocument, { id, role: event.target.value as UserRole })}
          >
            {Object.entries(text.userRoles).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
          {isActive ? (
            <>
              <button type="button" aria-label={`${text.signOutEverywhere}: ${fullName}`} onClick={signOut}>
                {text.signOutEverywhere}
              </button>
              <button type="button" aria-label={`${text.deactivate}: ${fullName}`} onClick={() => setLeaving(true)}>
                {text.deactivate}
              </button>
            </>
          ) : (
            <button
              type="button"
              aria-label={`${text.reactivate}: ${fullName}`}
              onClick={() => change(ReactivateUserDocument, { id })}
            >
              {text.reactivate}
            </button>
          )}
        </p>
      </PersonLine>
      {leaving && <Deactivate user={user} onClose={() => setLeaving(false)} />}
    </li>
  );
}

/** Deals cannot be nobody's: who owned some needs an heir. */
function Deactivate({ user, onClose }: { user: ColleagueFragment; onClose(): void }) {
  const { change, busy } = useChange();
  const [heir, setHeir] = useState<Person | null>(null);
  const submit = async () => {
    const payload = await change(DeactivateUserDocument, { id: user.id, reassignDealsTo: heir?.id ?? null });
    if (payload?.userErrors.length === 0) onClose();
  };
  return (
    <Dialog title={`${text.deactivate}: ${user.fullName}`} submit={text.deactivate} busy={busy} onClose={onClose} onSubmit={submit}>
      <p className="quiet">{text.heirHint}</p>
      <Picker of="users" label={text.heir} without={[user.id]} onPick={setHeir} />
      {heir && <PersonLine name={heir.fullName} detail={heir.detail} />}
    </Dialog>
  );
}
