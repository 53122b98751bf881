-- What Bascule shows each forge, sealed by the master key, and how far its replacement has come. Times in Unix milliseconds.
CREATE TABLE forge_credential (
  forge_uid     TEXT NOT NULL PRIMARY KEY,
  revision      INTEGER NOT NULL,
  account_id    INTEGER NOT NULL,
  account_login TEXT NOT NULL,
  sealed        BLOB NOT NULL,
  fingerprint   TEXT NOT NULL,
  sealed_at     INTEGER NOT NULL,
  rotated_at    INTEGER,
  step          TEXT NOT NULL,
  sealed_next   BLOB,
  sealed_former BLOB,
  former_until  INTEGER,
  asked_at      INTEGER,
  failed_at     INTEGER,
  failure       TEXT
) STRICT;
