import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Refused } from "../api/useChange";
import { type Draft, keepDraft, readDraft } from "../drafts";
import { text } from "../text";
import { Avatar } from "./Avatar";
import { Form } from "./Form";
import { LONGEST_COMMENT, atMost } from "./atMost";
import { type Person, useFound } from "./Picker";

interface Props {
  label: string;
  submit: string;
  start?: Draft;
  /** Where it is kept until it is taken. */
  draft?: string;
  refusals: Refused[];
  busy: boolean;
  /** Whether it was taken; the box is emptied then. */
  onSubmit(body: string, mentionIds: string[]): Promise<boolean>;
  onCancel?(): void;
}

const MENTION = /(^|\s)@([\p{L}\p{M}'-]*)$/u;

/** A text in which @ finds a colleague; who is named in it when it is sent, is mentioned. */
export function MentionBox({ label, submit, start, draft, refusals, busy, onSubmit, onCancel }: Props) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [begun] = useState(() => (draft && readDraft(draft)) || start);
  const [body, setBody] = useState(begun?.body ?? "");
  const [named, setNamed] = useState(begun?.mentions ?? []);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const mention = MENTION.exec(body.slice(0, caret));
  const found = useFound("users", mention?.[2] ?? "", mention !== null);
  const open = mention !== null && found.length > 0;
  useEffect(() => {
    if (draft) keepDraft(draft, body ? { body, mentions: named } : undefined);
  }, [draft, body, named]);

  const name = (person: Person) => {
    if (!mention) return;
    const from = caret - mention[2]!.length;
    const before = `${body.slice(0, from)}${person.fullName} `;
    setBody(before + body.slice(caret));
    setNamed([...named, person]);
    setCaret(-1);
    box.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (!open) return;
    const person = found[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setActive((now) => (now + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && person) {
      event.preventDefault();
      name(person);
    } else if (event.key === "Escape") {
      event.preventDefault();
      setCaret(-1);
    }
  };
  const send = async () => {
    const mentioned = named.filter((person) => body.includes(`@${person.fullName}`)).map((person) => person.id);
    if (await onSubmit(body, [...new Set(mentioned)])) {
      setBody("");
      setNamed([]);
    }
  };
  const actions = (
    <p className="row">
      <button className="primary">{submit}</button>
      {onCancel && (
        <button type="button" onClick={onCancel}>
          {text.cancel}
        </button>
      )}
    </p>
  );
  return (
    <Form className="mention-box picker" refusals={refusals} busy={busy} onSubmit={send} actions={actions}>
      <textarea
        ref={box}
        aria-label={label}
        placeholder={label}
        rows={2}
        required
        {...atMost(LONGEST_COMMENT)}
        value={body}
        aria-haspopup="listbox"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open ? `${id}-${active}` : undefined}
        onChange={(event) => {
          setBody(event.target.value);
          setCaret(event.target.selectionStart);
          setActive(0);
        }}
        onKeyDown={press}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={text.mention} hidden={!open}>
        {open &&
          found.map((person, index) => (
            <li
              key={person.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              onMouseDown={(event) => {
                event.preventDefault();
                name(person);
              }}
            >
              <Avatar name={person.fullName} />
              <span>
                {person.fullName}
                <small>{person.detail}</small>
              </span>
            </li>
          ))}
      </ul>
    </Form>
  );
}
