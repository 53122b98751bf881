-- Under which key the audit log's personal parts about somebody are sealed; the master key seals it. Without the row nobody can read them any more.
-- Times in Unix milliseconds.
CREATE TABLE person_key (
  person_uid TEXT NOT NULL PRIMARY KEY REFERENCES person (uid) ON DELETE CASCADE,
  sealed     BLOB NOT NULL,
  made_at    INTEGER NOT NULL
) STRICT;

-- What is known of these people has to be kept: nobody erases it.
CREATE TABLE legal_hold (
  person_uid TEXT NOT NULL PRIMARY KEY REFERENCES person (uid),
  reason     TEXT NOT NULL,
  placed_by  TEXT NOT NULL,
  placed_at  INTEGER NOT NULL
) STRICT;

-- Of who is erased, issuer is 'erased' and subject a keyed digest of both: enough to refuse them, and not to tell who they were.
ALTER TABLE person ADD COLUMN erased_at INTEGER;
