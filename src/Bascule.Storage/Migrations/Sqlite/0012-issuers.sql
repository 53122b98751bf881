-- Issuers that the settings ever named. One that came later counts once an administrator has confirmed it. Times in Unix milliseconds.
CREATE TABLE issuer (
  url           TEXT NOT NULL PRIMARY KEY,
  first_seen_at INTEGER NOT NULL,
  confirmed_at  INTEGER,
  confirmed_by  TEXT
) STRICT;
