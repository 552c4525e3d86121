import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  count?: number;
  hint?: string;
  /** What somebody else just changed here. */
  recent?: string | undefined;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, count, hint, recent, className = "", children }: Props) {
  const heading = useId();
  return (
    <section className={`panel ${className}${recent ? " recent" : ""}`} aria-labelledby={heading}>
      <h2 id={heading}>
        {title}
        {count !== undefined && <span className="number">{count}</span>}
      </h2>
      {hint && <p className="quiet">{hint}</p>}
      {children}
      {recent && <p className="said">{recent}</p>}
    </section>
  );
}
