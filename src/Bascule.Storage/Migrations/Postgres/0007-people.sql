-- Who has signed in, or was retired before they could: one subject of one issuer. group_names is a JSON array of what the issuer said last.
CREATE TABLE person (
  uid           TEXT COLLATE "C" PRIMARY KEY,
  issuer        TEXT COLLATE "C" NOT NULL,
  subject       TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C" NOT NULL,
  email         TEXT COLLATE "C",
  group_names   TEXT COLLATE "C" NOT NULL,
  type          TEXT COLLATE "C" NOT NULL,
  first_seen_at BIGINT NOT NULL,
  last_seen_at  BIGINT NOT NULL,
  retired_at    BIGINT,
  UNIQUE (issuer, subject)
);

-- An account at a forge is one person's at most.
CREATE TABLE forge_link (
  forge_uid  TEXT COLLATE "C" NOT NULL,
  account_id BIGINT NOT NULL,
  login      TEXT COLLATE "C" NOT NULL,
  person_uid TEXT COLLATE "C" NOT NULL REFERENCES person (uid) ON DELETE CASCADE,
  proof      TEXT COLLATE "C" NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (forge_uid, account_id)
);
CREATE INDEX forge_link_by_person ON forge_link (person_uid);
