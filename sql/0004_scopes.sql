-- What a client may be allowed and a user asked for. The descriptions are what the consent page says after «This
-- application would like to», by language tag; English is always there.
CREATE TABLE scopes (
    name text PRIMARY KEY,
    descriptions jsonb NOT NULL CHECK (descriptions ? 'en')
);

INSERT INTO scopes (name, descriptions) VALUES
    ('openid', '{"en": "Know that it is you who signs in", "de": "Wissen, dass Sie es sind, der sich anmeldet"}'),
    ('profile', '{"en": "See your name and profile", "de": "Ihren Namen und Ihr Profil sehen"}'),
    ('email', '{"en": "See your e-mail address", "de": "Ihre E-Mail-Adresse sehen"}'),
    ('address', '{"en": "See your postal address", "de": "Ihre Postanschrift sehen"}'),
    ('phone', '{"en": "See your telephone number", "de": "Ihre Telefonnummer sehen"}'),
    ('offline_access',
     '{"en": "Keep its access while you are away, until you withdraw it",
       "de": "Den Zugriff behalten, während Sie abwesend sind, bis Sie ihn entziehen"}'),
    ('contracts:read', '{"en": "Read your contracts", "de": "Ihre Verträge lesen"}'),
    ('contracts:write', '{"en": "Create and change contracts for you", "de": "In Ihrem Namen Verträge anlegen und ändern"}'),
    ('admin', '{"en": "Manage this server and everybody who uses it", "de": "Diesen Server und alle seine Nutzer verwalten"}');

INSERT INTO serving_rights VALUES ('scopes', 'SELECT, INSERT, UPDATE, DELETE');
