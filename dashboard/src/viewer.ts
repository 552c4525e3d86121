import { useQuery } from "urql";
import { HomeDocument, type HomeQuery } from "./graphql";

export type Stage = HomeQuery["pipelines"][number]["stages"][number];

/** Who is signed in, once the server has said so. */
export function useViewer(): HomeQuery["viewer"]["user"] | undefined {
  return useQuery({ query: HomeDocument })[0].data?.viewer.user;
}

const usePipeline = () => useQuery({ query: HomeDocument })[0].data?.pipelines[0];

export const usePipelineId = (): string | undefined => usePipeline()?.id;

export const useStages = (): Stage[] => usePipeline()?.stages ?? [];
