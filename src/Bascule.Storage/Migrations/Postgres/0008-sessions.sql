-- Who is signed in. The token is not here: digest is SHA-256 over its kind and itself.
CREATE TABLE session (
  digest           TEXT COLLATE "C" PRIMARY KEY,
  uid              TEXT COLLATE "C" NOT NULL UNIQUE,
  kind             TEXT COLLATE "C" NOT NULL,
  person_uid       TEXT COLLATE "C" NOT NULL,
  issuer           TEXT COLLATE "C" NOT NULL,
  issuer_session   TEXT COLLATE "C",
  authenticated_at BIGINT,
  created_at       BIGINT NOT NULL,
  seen_at          BIGINT NOT NULL,
  expires_at       BIGINT NOT NULL
);
CREATE INDEX session_of_person ON session (person_uid);
CREATE INDEX session_of_issuer ON session (issuer, issuer_session);
CREATE INDEX session_by_expiry ON session (expires_at);

-- A role that the settings do not name: that of the first administrator. One person has it at most.
ALTER TABLE person ADD COLUMN granted_role TEXT COLLATE "C";
CREATE UNIQUE INDEX person_by_granted_role ON person (granted_role);
