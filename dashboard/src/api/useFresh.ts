import { useEffect } from "react";
import { type AnyVariables, type DocumentInput, type UseQueryResponse, useQuery } from "urql";

const OFTEN = 15_000;

/** A query of what no stream tells of: what is known is shown while it is asked for, now and every 15 seconds. */
export function useFresh<Data, Variables extends AnyVariables>(
  query: DocumentInput<Data, Variables>,
  variables: Variables,
): UseQueryResponse<Data, Variables> {
  const response = useQuery({ query, variables, requestPolicy: "cache-and-network" });
  const again = response[1];
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again({ requestPolicy: "network-only" }), OFTEN);
    return () => clearInterval(timer);
  }, [again]);
  return response;
}
