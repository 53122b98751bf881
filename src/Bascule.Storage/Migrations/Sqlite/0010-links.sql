-- A proof of an account that somebody has begun: digest is SHA-256 over the code or state that they hold. One of each way for a person and a forge.
-- session is the digest of the session that may finish it; empty where any session of the person may.
CREATE TABLE link_proof (
  digest     TEXT NOT NULL PRIMARY KEY,
  way        TEXT NOT NULL,
  person_uid TEXT NOT NULL REFERENCES person (uid) ON DELETE CASCADE,
  forge_uid  TEXT NOT NULL,
  session    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  tries      INTEGER NOT NULL,
  UNIQUE (person_uid, forge_uid, way)
) STRICT;
CREATE INDEX link_proof_by_expiry ON link_proof (expires_at);
