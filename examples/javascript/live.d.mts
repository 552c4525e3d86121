import type { Client, ClientOptions, FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws';

export interface LiveOptions extends Omit<ClientOptions, 'connectionParams'> {
  token: () => Promise<string>;
  silence?: number;
  streamSilence?: number;
}

export interface LiveClient extends Pick<Client, 'on' | 'terminate' | 'dispose'> {
  subscribe<Data = Record<string, unknown>>(
    payload: SubscribePayload,
    sink: Sink<FormattedExecutionResult<Data>>,
  ): () => void;
}

export function createLiveClient(options: LiveOptions): LiveClient;
