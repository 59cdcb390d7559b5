-- Clients that people ask for, and what became of it; bucket: the day in which the row is forgotten. No credential is
-- here: the mailed link is a hash, and the secret is made when it is collected, into `client_secrets`.
CREATE TABLE applications (
    bucket integer NOT NULL,
    id text NOT NULL,                                   -- `<bucket>-<random>`
    name text NOT NULL,
    description text NOT NULL,
    type text NOT NULL CHECK (type IN ('CONFIDENTIAL', 'PUBLIC')),
    grant_types text[] NOT NULL,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,                             -- no reference: they are checked again when it is approved
    resources text[] NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    network text NOT NULL,                              -- whom it is counted by
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'refused')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,                    -- from here on nobody decides any more
    decided_at timestamptz,
    decided_by text,                                    -- the actor, as the audit log has it
    reason text,
    client_id text,                                     -- the client that the approval made
    -- The mail that tells of the decision.
    notice_due_at timestamptz,                          -- null when there is none to send
    notice_attempts integer NOT NULL DEFAULT 0,         -- begun; also tells a late report of an earlier attempt apart
    notice_gives_up_at timestamptz,
    noticed_at timestamptz,
    notice_error text,
    -- The link in it, of which the last one that left counts.
    link_hash bytea,                                    -- SHA-256
    link_expires_at timestamptz,
    collected_at timestamptz,
    PRIMARY KEY (id, bucket),
    CHECK ((status = 'pending') = (decided_at IS NULL)),
    CHECK ((status = 'approved') = (client_id IS NOT NULL))
) PARTITION BY RANGE (bucket);
CREATE INDEX applications_by_age ON applications (created_at, id);
CREATE INDEX applications_undecided ON applications (network) WHERE status = 'pending';
CREATE INDEX applications_notice_due ON applications (notice_due_at) WHERE notice_due_at IS NOT NULL;
CREATE INDEX applications_by_link ON applications (link_hash) WHERE link_hash IS NOT NULL;

INSERT INTO partition_plans VALUES ('applications', 'day', 1, 28, 7, 120, 1);
INSERT INTO serving_rights VALUES ('applications', 'SELECT, INSERT, UPDATE');
