import { type SubmitEvent, useEffect, useState } from "react";
import { Logo } from "../parts/Logo";
import { type DemoPerson, demoPeople, session, signInAs, signInWith, signOut } from "../session";
import { useStore } from "../store";
import { text } from "../text";

/** Who asks: one of the demo's people, or the one whose token it is. */
export function SignInBar() {
  const current = useStore(session);
  const [people, setPeople] = useState<DemoPerson[] | null | undefined>();
  useEffect(() => {
    demoPeople().then((found) => {
      setPeople(found);
      // The first member: may change deals, and is no admin.
      const somebody = found?.find((person) => person.role === "MEMBER");
      if (!session.get() && somebody) void signInAs(somebody.email);
    }, () => setPeople(null));
  }, []);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    signInWith(String(new FormData(event.currentTarget).get("token")));
  };
  return (
    <header className="sign-in-bar">
      <a href="/" className="home">
        <Logo /> Dealcast
      </a>
      {people && (
        <label>
          {text.signIn}{" "}
          <select value={current?.email ?? ""} onChange={(event) => signInAs(event.target.value)}>
            {!current?.email && <option value="">–</option>}
            {people.map((person) => (
              <option key={person.email} value={person.email}>
                {person.fullName} · {text.userRoles[person.role as keyof typeof text.userRoles]}, {person.organisation}
              </option>
            ))}
          </select>
        </label>
      )}
      {people === null && !current && (
        <form onSubmit={submit}>
          <label>
            {text.token} <input name="token" required spellCheck={false} autoComplete="off" />
          </label>
          <button>{text.signIn}</button>
          <span className="hint">{text.signInToken}</span>
        </form>
      )}
      {people === null && current && (
        <button type="button" onClick={signOut}>
          {text.signOut}
        </button>
      )}
    </header>
  );
}
