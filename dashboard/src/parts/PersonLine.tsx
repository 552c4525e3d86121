import type { ReactNode } from "react";
import { Avatar } from "./Avatar";

interface Props {
  name: string;
  detail?: ReactNode;
  children?: ReactNode;
}

/** A person, what they are, and what can be done. */
export function PersonLine({ name, detail, children }: Props) {
  return (
    <div className="person-line">
      <Avatar name={name} />
      <div className="name">
        <strong>{name}</strong>
        {detail && <small>{detail}</small>}
      </div>
      {children}
    </div>
  );
}
