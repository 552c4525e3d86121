import { useEffect, useState } from "react";
import { type AnyVariables, type DocumentInput, type UseQueryResponse, useQuery } from "urql";

const OFTEN = 15_000;

type Again = (options: { requestPolicy: "network-only" }) => void;

/** Asks again every 15 seconds for what no stream tells of. */
export function useOften(again: Again | undefined): void {
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again?.({ requestPolicy: "network-only" }), OFTEN);
    return () => clearInterval(timer);
  }, [again]);
}

/** A query of such things: what is known is shown while it is asked for, now and again. */
export function useFresh<Data, Variables extends AnyVariables>(
  query: DocumentInput<Data, Variables>,
  variables: Variables,
): UseQueryResponse<Data, Variables> {
  const response = useQuery({ query, variables, requestPolicy: "cache-and-network" });
  const [{ data }, again] = response;
  useOften(again);
  // An answer that did not come is no reason to hide the one before it; the bar says that it may be older.
  const [known, setKnown] = useState(data);
  if (data && data !== known) setKnown(data);
  return [{ ...response[0], data: data ?? known }, again];
}
