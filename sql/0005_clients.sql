-- Relying parties and services. Columns are what statements ask for; the rest of a client's metadata is in `settings`,
-- whose members the server reads leniently, so that a version before or after can live on the same rows.
CREATE TABLE clients (
    id text PRIMARY KEY,                                -- `client_id`
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('CONFIDENTIAL', 'PUBLIC')),
    tenant_id text,
    settings jsonb NOT NULL,
    -- Of a PUBLIC client, those whose scripts may read answers (CORS): worked out from `settings`, for the index.
    origins text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- By the database's own clock, as `written_at` of grants and tokens is: what was written before a client was
    -- registered belongs to an earlier client of the same id, and is dead with it.
    registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX clients_by_age ON clients (created_at, id);
CREATE INDEX clients_by_origin ON clients USING gin (origins);

-- The scopes a client is allowed and those it gets when it names none, each in its own order. This is the true list:
-- `settings` has none beside it. A client without a default list has no `default_position` at all, and
-- `settings.namesDefaultScopes` tells the empty list from none.
CREATE TABLE client_scopes (
    client_id text NOT NULL REFERENCES clients ON DELETE CASCADE,
    scope text NOT NULL REFERENCES scopes,
    allowed_position smallint,
    default_position smallint,
    PRIMARY KEY (client_id, scope),
    CHECK (allowed_position IS NOT NULL OR default_position IS NOT NULL)
);
CREATE INDEX client_scopes_by_scope ON client_scopes (scope);

INSERT INTO serving_rights VALUES
    ('clients', 'SELECT, INSERT, UPDATE, DELETE'), ('client_scopes', 'SELECT, INSERT, UPDATE, DELETE');
