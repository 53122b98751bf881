-- A key of a linked account that its person has confirmed; it goes when the link goes. Times in Unix milliseconds.
CREATE TABLE confirmed_key (
  forge_uid   TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  material    TEXT COLLATE "C" NOT NULL,
  account_id  BIGINT NOT NULL,
  person_uid  TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (forge_uid, account_id, fingerprint),
  UNIQUE (forge_uid, fingerprint),
  FOREIGN KEY (forge_uid, account_id) REFERENCES forge_link (forge_uid, account_id) ON DELETE CASCADE
);
CREATE INDEX confirmed_key_by_person ON confirmed_key (person_uid);
