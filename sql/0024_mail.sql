-- Mail that is to leave: what it is about and for whom, never what it says. A link that it carries is made in the moment
-- it leaves, so the secret of a link is in no row and no backup; bucket: the day of writing.
--
-- A row begins as somebody's question («asked»: a name or an address, whether or not there is such an account, so that
-- the answer to a stranger takes the same work) or as mail for a user («pending»). A question is answered by mail rows
-- of their own. Whatever is settled has nothing personal left in it but the user's id.
CREATE TABLE mails (
    bucket integer NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date - DATE '1970-01-01',
    id text NOT NULL,
    kind text NOT NULL,
    user_id text,                                       -- no reference: expiring tables have none
    asked_name text,                                    -- folded; a question has this or `asked_email`
    asked_email text,
    address text,                                       -- where it goes; null for the user's address when it leaves
    language text NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'pending', 'answered', 'sent', 'dropped', 'dead')),
    attempts integer NOT NULL DEFAULT 0,                -- begun; also tells a late report of an earlier attempt apart
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    leased_until timestamptz,                           -- while a server is at it
    gives_up_at timestamptz NOT NULL,
    settled_at timestamptz,
    mailbox bytea,                                      -- keyed hash of where it went: so much mail a mailbox, no more
    last_error text,
    PRIMARY KEY (id, bucket)
) PARTITION BY RANGE (bucket);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE state IN ('asked', 'pending');
CREATE INDEX mails_sent_to_user ON mails (user_id, settled_at) WHERE state = 'sent';
CREATE INDEX mails_sent_to_mailbox ON mails (mailbox, settled_at) WHERE state = 'sent';

-- Kept for a week, so that somebody can say what became of it.
INSERT INTO partition_plans VALUES ('mails', 'day', 1, 1, 7, NULL, 7);
INSERT INTO serving_rights VALUES ('mails', 'SELECT, INSERT, UPDATE');
