-- Revoking many tokens at once changes one row that every check of theirs reads anyway: that of their grant, or that of
-- their client. What was issued before the moment in it is dead. (Where everything of a client that there is goes, its
-- `registered_at` moves too: by the database's clock what was written before is dead, as it is for an earlier client of
-- the same id, and with the grants all that is still made of them.)
ALTER TABLE clients ADD COLUMN issued_from timestamptz;
ALTER TABLE grants ADD COLUMN issued_from timestamptz;

-- As before, and from when on tokens of the grant count; null for all.
CREATE OR REPLACE VIEW grant_states AS
SELECT g.bucket, g.id, g.client_id, g.user_id, g.session_bucket, g.session_id, g.consent_id, g.scopes, g.resources,
       g.offline, g.auth_time, g.amr, g.acr, g.nonce, g.claims_request, g.created_at, g.expires_at, g.refresh_ends_at,
       g.revoked_at,
       g.revoked_at IS NULL AND (c.registered_at <= g.written_at) IS TRUE AS alive,
       greatest(g.issued_from, c.issued_from) AS issued_from
FROM grants g LEFT JOIN clients c ON c.id = g.client_id;

-- Lists and counts of what is alive; by client they count without looking at the rows. Each predicate has the name that
-- the index is for, and so must a statement: a plan that is made while a partition is empty takes any index whose
-- predicate holds, and would go on to read all of another one when the partition is full. Where tables are large, this
-- takes as long as building their indexes does.
CREATE INDEX access_tokens_by_client ON access_tokens (client_id, expires_at, issued_at)
    WHERE revoked_at IS NULL AND client_id <> '';
CREATE INDEX access_tokens_by_grant ON access_tokens (grant_id) WHERE grant_id <> '';
CREATE INDEX refresh_tokens_by_client ON refresh_tokens (client_id, idle_expires_at, issued_at)
    WHERE rotated_at IS NULL AND client_id <> '';
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (grant_id)
    WHERE grant_id <> '' AND (rotated_at IS NULL OR seed IS NOT NULL);
CREATE INDEX grants_cut_short ON grants (client_id) INCLUDE (bucket, id, revoked_at, issued_from, refresh_ends_at)
    WHERE client_id <> '' AND (revoked_at IS NOT NULL OR issued_from IS NOT NULL);
