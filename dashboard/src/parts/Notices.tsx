import { dismiss, notices } from "../news";
import { href } from "../route";
import { useStore } from "../store";
import { text } from "../text";

/** What others just did, and what was refused; read out politely. */
export function Notices() {
  const shown = useStore(notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} className={`notice ${notice.kind}`}>
          <p>
            {notice.what}
            {notice.dealName && notice.dealId && (
              <>
                {" · "}
                <a href={href({ page: "deal", id: notice.dealId })}>{notice.dealName}</a>
              </>
            )}
          </p>
          <button type="button" className="bare" aria-label={text.close} onClick={() => dismiss(notice.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
