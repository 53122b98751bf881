-- Who has signed in, or was retired before they could: one subject of one issuer. group_names is a JSON array of what the issuer said last.
CREATE TABLE person (
  uid           TEXT NOT NULL PRIMARY KEY,
  issuer        TEXT NOT NULL,
  subject       TEXT NOT NULL,
  name          TEXT NOT NULL,
  email         TEXT,
  group_names   TEXT NOT NULL,
  type          TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at  INTEGER NOT NULL,
  retired_at    INTEGER,
  UNIQUE (issuer, subject)
) STRICT;

-- An account at a forge is one person's at most.
CREATE TABLE forge_link (
  forge_uid  TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  login      TEXT NOT NULL,
  person_uid TEXT NOT NULL REFERENCES person (uid) ON DELETE CASCADE,
  proof      TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, account_id)
) STRICT;
CREATE INDEX forge_link_by_person ON forge_link (person_uid);
