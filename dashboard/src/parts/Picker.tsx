import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useClient } from "urql";
import { askServer } from "../api/readAnew";
import { FindContactsDocument, FindUsersDocument } from "../graphql";
import { text } from "../text";
import { Avatar } from "./Avatar";

export interface Person {
  id: string;
  fullName: string;
  detail: string;
}

interface Props {
  /** Contacts are people outside, users are colleagues, owners those of them who may own deals. */
  of: "contacts" | "users" | "owners";
  label: string;
  /** Who is not offered. */
  without?: string[];
  onPick(person: Person): void;
}

const PAUSE = 150;

/** Finds a person by typing: a combobox with a list. */
export function Picker({ of, label, without = [], onPick }: Props) {
  const id = useId();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const all = useFound(of, search, open);
  const found = open ? all.filter((person) => !without.includes(person.id)) : [];
  const option = (index: number) => `${id}-${index}`;

  const pick = (person: Person) => {
    onPick(person);
    setSearch("");
    setOpen(false);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((now) => (now + step + found.length) % Math.max(found.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const person = found[active];
      if (open && person) pick(person);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className="picker">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[active] ? option(active) : undefined}
        autoComplete="off"
        value={search}
        placeholder={text.search}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!open}>
        {found.map((person, index) => (
          <li
            key={person.id}
            id={option(index)}
            role="option"
            aria-selected={index === active}
            // Before the input loses the focus.
            onMouseDown={(event) => {
              event.preventDefault();
              pick(person);
            }}
          >
            <Avatar name={person.fullName} />
            <span>
              {person.fullName}
              <small>{person.detail}</small>
            </span>
          </li>
        ))}
        {found.length === 0 && <li className="quiet">{text.nothingFound}</li>}
      </ul>
    </div>
  );
}

/** The people whose names begin so, a moment after the typing. */
export function useFound(of: Props["of"], search: string, open: boolean): Person[] {
  const client = useClient();
  const [found, setFound] = useState<{ by: string; people: Person[] }>({ by: "", people: [] });
  useEffect(() => {
    if (!open) return;
    let current = true;
    const timer = setTimeout(() => void find(), PAUSE);
    async function find() {
      const people = of === "contacts" ? await contacts() : await users();
      if (current) setFound({ by: search, people });
    }
    async function contacts() {
      const { data } = await askServer(client, FindContactsDocument, { search });
      return (data?.contacts.nodes ?? []).map(({ id, fullName, jobTitle, company }) => ({
        id,
        fullName,
        detail: [jobTitle, company].filter(Boolean).join(", "),
      }));
    }
    async function users() {
      const { data } = await askServer(client, FindUsersDocument, { search });
      const users = (data?.users.nodes ?? []).filter(({ role }) => of === "users" || role !== "VIEWER");
      return users.map(({ id, fullName, email }) => ({ id, fullName, detail: email }));
    }
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, of, search, open]);
  if (found.by === search) return found.people;
  // Until the answer is there: who is chosen by a quick Enter must be somebody with that name.
  return found.people.filter((person) => person.fullName.toLocaleLowerCase().includes(search.toLocaleLowerCase()));
}
