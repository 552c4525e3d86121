"""What can an operator know of this process? Counted where it happens, shown at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge(
    "dealcast_sockets", "Open websockets and event streams.", multiprocess_mode="livesum"
)
CLOSES = Counter(
    "dealcast_socket_closes",
    "Websockets closed by the server, by code; 1006 were cut off.",
    ["code"],
)
OPERATIONS = Counter(
    "dealcast_operations",
    "Operations begun over websockets and in event streams, by type.",
    ["type"],
)
OPEN_OPERATIONS = Gauge(
    "dealcast_operations_open",
    "Operations that have not ended on open websockets and event streams.",
    multiprocess_mode="livesum",
)
RESUMES = Counter(
    "dealcast_resumes",
    "Subscriptions that began after a cursor: what was missed came from memory (ring), from the "
    "database (log), or as a fresh snapshot (resync).",
    ["source"],
)
EVENTS = Counter("dealcast_events_tailed", "Rows of the log handed to the streams.")
LAG = Histogram(
    "dealcast_tail_lag_seconds",
    "From the writing of a row to its delivery.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
WAKE_UPS_LOST = Counter(
    "dealcast_wake_ups_lost", "Times that polling found what no wake-up had told of."
)
BROKER = Gauge(
    "dealcast_broker_healthy",
    "1 while the process hears its own heartbeat through the broadcaster.",
    multiprocess_mode="livemin",
)
RECONNECTIONS = Counter("dealcast_broker_connections", "Connections to the broadcaster begun.")
RENDERINGS = Counter(
    "dealcast_renderings",
    "Executions of subscriptions: one for a group of identical operations (shared), one for a "
    "viewer whose operation depends on who asks (personal), or one thrown away when that was found "
    "out (fallback).",
    ["kind"],
)
FLOOR = Gauge(
    "dealcast_log_floor",
    "The oldest position that can still be resumed after, by organisation listened to.",
    ["organisation"],
    multiprocess_mode="livemax",
)
HEAD = Gauge(
    "dealcast_log_head",
    "The newest position delivered, by organisation listened to.",
    ["organisation"],
    multiprocess_mode="livemax",
)
