import { type SubmitEvent, useEffect, useState } from "react";
import { Avatar } from "../parts/Avatar";
import { Heading } from "../parts/Heading";
import { Logo } from "../parts/Logo";
import { type DemoPerson, demoPeople, ended, signInAs, signInWith } from "../session";
import { useStore } from "../store";
import { text } from "../text";

export function SignInPage() {
  const [people, setPeople] = useState<DemoPerson[] | null | undefined>();
  const [failed, setFailed] = useState(false);
  const sessionEnded = useStore(ended);
  useEffect(() => {
    demoPeople().then(setPeople, () => setFailed(true));
  }, []);
  const enter = (email: string) => signInAs(email).catch(() => setFailed(true));
  const organisations = [...new Set(people?.map((person) => person.organisation))];

  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <p className="brand">
          <Logo /> Dealcast
        </p>
        <Heading>{text.signInTitle}</Heading>
        {sessionEnded && <p role="alert">{text.sessionEnded}</p>}
        {failed && <p role="alert">{text.unreachable}</p>}
        {people && <p className="quiet">{text.signInDemo}</p>}
        {organisations.map((organisation) => (
          <section key={organisation} aria-labelledby={organisation}>
            <h2 id={organisation}>{organisation}</h2>
            <ul className="people">
              {people
                ?.filter((person) => person.organisation === organisation)
                .map((person) => (
                  <li key={person.email}>
                    <button type="button" className="person" onClick={() => enter(person.email)}>
                      <Avatar name={person.fullName} />
                      <span>
                        <strong>{person.fullName}</strong>
                        <small>
                          {text.userRoles[person.role as keyof typeof text.userRoles]} · {person.email}
                        </small>
                      </span>
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
        {people === null && <TokenForm />}
        {people && (
          <details>
            <summary>{text.orToken}</summary>
            <TokenForm />
          </details>
        )}
      </div>
    </main>
  );
}

function TokenForm() {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    signInWith(String(new FormData(event.currentTarget).get("token")));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <label htmlFor="token">{text.token}</label>
      <textarea id="token" name="token" rows={3} required spellCheck={false} aria-describedby="token-hint" />
      <p id="token-hint" className="quiet">
        {text.signInToken}
      </p>
      <button className="primary">{text.signIn}</button>
    </form>
  );
}
