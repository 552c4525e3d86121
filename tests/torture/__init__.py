"""Is every client told exactly what it is owed while processes, brokers, databases and networks break?

`stage` sets it up and runs it; `writers` change deals and rights; `followers` of deals and `watchers` of what a
query answers listen as stock clients do, through the `proxy`; `disturbances` break things; the `oracle` says from
the log what each client was owed, and `views` of the watchers, too.
"""
