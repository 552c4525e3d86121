import { MOST } from "../live/usePages";
import { text } from "../text";

interface Props {
  list: { nodes: unknown[]; pageInfo: { hasNextPage: boolean }; totalCount: number };
}

/** Says that a list goes on behind what is shown of it. */
export function Cut({ list }: Props) {
  const { nodes, pageInfo, totalCount } = list;
  return pageInfo.hasNextPage && nodes.length >= MOST && <strong>{text.shownOf(nodes.length, totalCount)}</strong>;
}
