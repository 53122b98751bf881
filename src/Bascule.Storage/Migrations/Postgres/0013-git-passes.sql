-- What somebody may do with a repository until when. The token is not here: digest is SHA-256 over its kind and itself.
CREATE TABLE git_pass (
  digest        TEXT COLLATE "C" PRIMARY KEY,
  uid           TEXT COLLATE "C" NOT NULL UNIQUE,
  holder_uid    TEXT COLLATE "C" NOT NULL,
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  verbs         TEXT COLLATE "C" NOT NULL,
  refs          TEXT COLLATE "C" NOT NULL,
  policy        TEXT COLLATE "C" NOT NULL,
  created_at    BIGINT NOT NULL,
  expires_at    BIGINT NOT NULL,
  revoked_at    BIGINT
);
CREATE INDEX git_pass_of_holder ON git_pass (holder_uid);
CREATE INDEX git_pass_by_expiry ON git_pass (expires_at);
