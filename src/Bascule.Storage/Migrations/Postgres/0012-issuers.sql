-- Issuers that the settings ever named. One that came later counts once an administrator has confirmed it. Times in Unix milliseconds.
CREATE TABLE issuer (
  url           TEXT COLLATE "C" PRIMARY KEY,
  first_seen_at BIGINT NOT NULL,
  confirmed_at  BIGINT,
  confirmed_by  TEXT COLLATE "C"
);
