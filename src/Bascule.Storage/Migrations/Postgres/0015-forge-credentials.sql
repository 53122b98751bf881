-- What Bascule shows each forge, sealed by the master key, and how far its replacement has come. Times in Unix milliseconds.
CREATE TABLE forge_credential (
  forge_uid     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  revision      BIGINT NOT NULL,
  account_id    BIGINT NOT NULL,
  account_login TEXT COLLATE "C" NOT NULL,
  sealed        BYTEA NOT NULL,
  fingerprint   TEXT COLLATE "C" NOT NULL,
  sealed_at     BIGINT NOT NULL,
  rotated_at    BIGINT,
  step          TEXT COLLATE "C" NOT NULL,
  sealed_next   BYTEA,
  sealed_former BYTEA,
  former_until  BIGINT,
  asked_at      BIGINT,
  failed_at     BIGINT,
  failure       TEXT COLLATE "C"
);
