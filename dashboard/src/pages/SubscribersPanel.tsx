import { useChange } from "../api/useChange";
import { AtOnce } from "../atOnce";
import {
  AddSubscribersDocument,
  RemoveSubscribersDocument,
  SubscribeDocument,
  type SubscriptionLevel,
  UnsubscribeDocument,
} from "../graphql";
import { useRecent } from "../news";
import { Choice, optionsOf } from "../parts/Choice";
import { Panel } from "../parts/Panel";
import { PersonLine } from "../parts/PersonLine";
import { Picker } from "../parts/Picker";
import { useStore } from "../store";
import { text } from "../text";
import { useViewer } from "../viewer";
import type { Deal } from "./DealPage";

export function SubscribersPanel({ deal }: { deal: Deal }) {
  const viewer = useViewer();
  const { change } = useChange();
  const recent = useRecent(deal.id, (field) => field === "SUBSCRIBER");
  return (
    <Panel title={text.subscribers} recent={recent} count={deal.subscriberCount} hint={text.subscribersHint}>
      <Own deal={deal} />
      <ul className="lines">
        {deal.subscribers.map(({ user, reason }) => (
          <li key={user.id}>
            <PersonLine name={user.fullName} detail={text.followReasons[reason]}>
              {deal.viewerCanEdit && user.id !== viewer?.id && (
                <button
                  type="button"
                  className="bare"
                  aria-label={text.removeName(user.fullName)}
                  onClick={() => change(RemoveSubscribersDocument, { input: { dealId: deal.id, userIds: [user.id] } })}
                >
                  ×
                </button>
              )}
            </PersonLine>
          </li>
        ))}
      </ul>
      {deal.subscribers.length === 0 && <p className="quiet empty">{text.noSubscribers}</p>}
      {deal.viewerCanEdit && (
        <Picker
          of="users"
          label={text.addSubscriber}
          without={deal.subscribers.map(({ user }) => user.id)}
          onPick={({ id }) => change(AddSubscribersDocument, { input: { dealId: deal.id, userIds: [id] } })}
        />
      )}
    </Panel>
  );
}

const following = new AtOnce<SubscriptionLevel>();

/** Whether and how one follows oneself. */
function Own({ deal }: { deal: Deal }) {
  const { change } = useChange();
  const level = useStore(following.shown).get(deal.id) ?? deal.viewerSubscription?.level;
  const follow = (level?: SubscriptionLevel) =>
    void following.until(change(SubscribeDocument, { input: { dealId: deal.id, level } }), deal.id, level ?? "ALL");
  if (!level) {
    return (
      <p className="row">
        <button type="button" className="primary" onClick={() => follow()}>
          {text.follow}
        </button>
      </p>
    );
  }
  return (
    <p className="row">
      <Choice label={text.level} value={level} options={optionsOf(text.levels)} onChoose={(chosen) => follow(chosen)} />
      <button type="button" onClick={() => change(UnsubscribeDocument, { dealId: deal.id })}>
        {text.unfollow}
      </button>
    </p>
  );
}
