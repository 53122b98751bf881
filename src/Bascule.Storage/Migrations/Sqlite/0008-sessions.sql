-- Who is signed in. The token is not here: digest is SHA-256 over its kind and itself.
CREATE TABLE session (
  digest           TEXT NOT NULL PRIMARY KEY,
  uid              TEXT NOT NULL UNIQUE,
  kind             TEXT NOT NULL,
  person_uid       TEXT NOT NULL,
  issuer           TEXT NOT NULL,
  issuer_session   TEXT,
  authenticated_at INTEGER,
  created_at       INTEGER NOT NULL,
  seen_at          INTEGER NOT NULL,
  expires_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of_person ON session (person_uid);
CREATE INDEX session_of_issuer ON session (issuer, issuer_session);
CREATE INDEX session_by_expiry ON session (expires_at);

-- A role that the settings do not name: that of the first administrator. One person has it at most.
ALTER TABLE person ADD COLUMN granted_role TEXT;
CREATE UNIQUE INDEX person_by_granted_role ON person (granted_role);
