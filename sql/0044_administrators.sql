-- Whom applications for clients are told: found without a look at everybody else.
CREATE INDEX users_administrators ON users (created_at, id)
    WHERE 'admin' = ANY (roles) AND tenant_id IS NULL AND email IS NOT NULL;
