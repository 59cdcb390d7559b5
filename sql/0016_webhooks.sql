-- Endpoints that are told of events.
CREATE TABLE webhooks (
    id text PRIMARY KEY,
    url text NOT NULL,
    types text[] NOT NULL,
    description text,
    sealed_secret bytea NOT NULL,                       -- Standard Webhooks secret under the master key
    created_at timestamptz NOT NULL,
    -- Events of transactions that were over when the endpoint was made are not for it.
    since xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot()),
    leased_until timestamptz                            -- while a server is delivering to it
);
CREATE INDEX webhooks_by_age ON webhooks (created_at, id);

-- How far the outbox has been distributed: one row, whose lock makes one server at a time distribute.
CREATE TABLE webhook_position (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    bucket integer NOT NULL,
    xid xid8 NOT NULL,
    id bigint NOT NULL
);
INSERT INTO webhook_position (bucket, xid, id) VALUES (0, '0', 0);

-- One event on its way to one endpoint, with a copy of the event, so that a dead letter can be read as long as it is
-- kept; bucket: the day of queueing. The order of ids is the order of delivery. Only the oldest pending one of an
-- endpoint is ever tried.
CREATE TABLE webhook_deliveries (
    bucket integer NOT NULL DEFAULT day_bucket(now()),
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    webhook_id text NOT NULL,                           -- no reference: expiring tables have none
    event_bucket integer NOT NULL,
    event_xid xid8 NOT NULL,
    event_id bigint NOT NULL,
    event_type text NOT NULL,
    event_subject text,
    event_time timestamptz NOT NULL,
    event_data jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,                -- begun; also tells a late report of an earlier attempt apart
    queued_at timestamptz NOT NULL,
    next_attempt_at timestamptz,
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    PRIMARY KEY (bucket, id)
) PARTITION BY RANGE (bucket);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);

INSERT INTO partition_plans VALUES ('webhook_deliveries', 'day', 1, 1, 7, NULL, 35);
INSERT INTO serving_rights VALUES
    ('webhooks', 'SELECT, INSERT, UPDATE, DELETE'), ('webhook_position', 'SELECT, UPDATE'),
    ('webhook_deliveries', 'SELECT, INSERT, UPDATE');
