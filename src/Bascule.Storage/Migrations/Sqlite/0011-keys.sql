-- A key of a linked account that its person has confirmed; it goes when the link goes. Times in Unix milliseconds.
CREATE TABLE confirmed_key (
  forge_uid   TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  kind        TEXT NOT NULL,
  material    TEXT NOT NULL,
  account_id  INTEGER NOT NULL,
  person_uid  TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, account_id, fingerprint),
  UNIQUE (forge_uid, fingerprint),
  FOREIGN KEY (forge_uid, account_id) REFERENCES forge_link (forge_uid, account_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX confirmed_key_by_person ON confirmed_key (person_uid);
