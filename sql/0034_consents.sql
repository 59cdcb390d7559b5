-- What a person may do with their own account by a client; always asked.
INSERT INTO scopes (name, descriptions) VALUES
    ('account', '{"en": "See and change your account", "de": "Ihr Konto ansehen und ändern"}')
ON CONFLICT DO NOTHING;

-- The sentences that consent pages have shown, each set once, so that a version can be read as long as somebody refers
-- to it.
CREATE TABLE consent_wordings (
    version text PRIMARY KEY,                           -- language and hash of the sentences: `en.4oGb…`
    language text NOT NULL,
    sentences jsonb NOT NULL,                           -- by scope
    first_shown_at timestamptz NOT NULL
);
INSERT INTO serving_rights VALUES ('consent_wordings', 'SELECT, INSERT');

-- The history of a consent: what was allowed at each time, and by which words. A repetition that changes nothing of it
-- leaves no row.
CREATE TABLE consent_decisions (
    consent_id text NOT NULL REFERENCES user_consents ON DELETE CASCADE,
    id bigint GENERATED ALWAYS AS IDENTITY,
    scopes text[] NOT NULL,
    wording text REFERENCES consent_wordings,           -- null where no page was shown, or none that is known
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (consent_id, id)
);
INSERT INTO consent_decisions (consent_id, scopes, decided_at)
SELECT id, scopes, granted_at FROM user_consents ORDER BY granted_at, id;
INSERT INTO serving_rights VALUES ('consent_decisions', 'SELECT, INSERT');

-- How it ended; null where that is not known.
ALTER TABLE user_consents ADD COLUMN revoked_by text
    CHECK (revoked_by IN ('user', 'administrator', 'client_deleted', 'scope_deleted'));

-- Lists with their history, by age; and what stands for a scope.
CREATE INDEX user_consents_by_age ON user_consents (granted_at, id);
CREATE INDEX user_consents_by_user ON user_consents (user_id, granted_at, id);
CREATE INDEX user_consents_by_client_age ON user_consents (client_id, granted_at, id);
CREATE INDEX user_consents_by_scope ON user_consents USING gin (scopes) WHERE revoked_at IS NULL;
