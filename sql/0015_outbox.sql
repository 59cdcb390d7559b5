-- What happened, written in the transaction of what it tells of; bucket: the day of writing by the database's clock.
--
-- Ids come from a sequence and become visible out of order, since a transaction that drew a smaller one may commit
-- later. The final order is therefore (xid, id), and a reader stops before the oldest transaction that still runs
-- (`pg_snapshot_xmin`): whatever has a smaller xid is there or will never be. A cursor names both. (Transaction ids
-- begin anew when a dump is restored into another cluster: readers then begin anew, too.)
CREATE TABLE outbox (
    bucket integer NOT NULL DEFAULT day_bucket(now()),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    type text NOT NULL,                                 -- CloudEvents `type`
    subject text,
    time timestamptz NOT NULL,
    data jsonb NOT NULL,
    request_id text NOT NULL,
    PRIMARY KEY (xid, id, bucket)
) PARTITION BY RANGE (bucket);

-- Whether an event's type is among those asked for; `oauth2.*` asks for all that begin so, an empty list for all.
CREATE FUNCTION event_type_matches(type text, wanted text[]) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN cardinality(wanted) = 0 OR EXISTS (
    SELECT FROM unnest(wanted) AS pattern
    WHERE pattern = type OR (right(pattern, 2) = '.*' AND starts_with(type, left(pattern, -1))));

-- Kept for 35 days.
INSERT INTO partition_plans VALUES ('outbox', 'day', 1, 1, 7, NULL, 35);
INSERT INTO serving_rights VALUES ('outbox', 'SELECT, INSERT');
