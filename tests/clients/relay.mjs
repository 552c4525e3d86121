import { createOperationDescriptor, fetchQuery, requestSubscription } from 'relay-runtime';
import { FOLLOW, GET } from './documents.mjs';
import { createRelayEnvironment } from './recipes/relay.mjs';

// What the Relay compiler makes of the two documents.
const variable = (name) => ({ kind: 'Variable', name, variableName: name });
const scalar = (name) => ({ alias: null, args: null, kind: 'ScalarField', name, storageKey: null });
const on = (type, name) => ({ kind: 'InlineFragment', selections: [scalar(name)], type, abstractKey: null });
const linked = (name, args, concreteType, selections) => ({
  alias: null, args, concreteType, kind: 'LinkedField', name, plural: false, selections, storageKey: null,
});
const DEAL = [
  ...['__typename', 'id', 'name', 'version'].map(scalar),
  on('Lead', 'leadStatus'), on('Opportunity', 'status'),
];
const request = (operationKind, type, text, argument, selections) => {
  const argumentDefinitions = [{ defaultValue: null, kind: 'LocalArgument', name: argument }];
  return {
    kind: 'Request',
    fragment: { argumentDefinitions, kind: 'Fragment', metadata: null, name: 'Asked', selections, type, abstractKey: null },
    operation: { argumentDefinitions, kind: 'Operation', name: 'Asked', selections },
    params: { cacheID: text, id: null, metadata: {}, name: 'Asked', operationKind, text },
  };
};
const QUERY = request('query', 'Query', GET, 'id', [linked('deal', [variable('id')], null, DEAL)]);
const SUBSCRIPTION = request('subscription', 'Subscription', FOLLOW, 'after', [
  linked('followedDealUpdates', [variable('after')], 'DealUpdate', [
    scalar('kind'), scalar('cursor'), scalar('dealId'), linked('deal', null, null, DEAL),
  ]),
]);

export async function follow({ deal, sink, print, ...given }) {
  const environment = createRelayEnvironment(given);
  if (deal) {
    const asked = createOperationDescriptor(QUERY, { id: deal });
    await fetchQuery(environment, QUERY, { id: deal }).toPromise();
    environment.retain(asked);
    const show = ({ data }) => print({ deal: data.deal, kept: kept(environment) });
    const snapshot = environment.lookup(asked.fragment);
    show(snapshot);
    environment.subscribe(snapshot, show);
  }
  requestSubscription(environment, {
    subscription: SUBSCRIPTION,
    variables: {},
    onNext: (data) => sink.next({ data }),
    onError: sink.error,
    onCompleted: sink.complete,
  });
}

const kept = (environment) =>
  environment.getStore().getSource().getRecordIDs().filter((id) => id.startsWith('deal_'));
