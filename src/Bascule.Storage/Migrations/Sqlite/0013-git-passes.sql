-- What somebody may do with a repository until when. The token is not here: digest is SHA-256 over its kind and itself.
CREATE TABLE git_pass (
  digest        TEXT NOT NULL PRIMARY KEY,
  uid           TEXT NOT NULL UNIQUE,
  holder_uid    TEXT NOT NULL,
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  verbs         TEXT NOT NULL,
  refs          TEXT NOT NULL,
  policy        TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  revoked_at    INTEGER
) STRICT;
CREATE INDEX git_pass_of_holder ON git_pass (holder_uid);
CREATE INDEX git_pass_by_expiry ON git_pass (expires_at);
