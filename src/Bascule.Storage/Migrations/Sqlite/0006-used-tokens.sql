-- What may be used once and was: a digest of the token and its purpose, until nobody's clock takes the token any more.
CREATE TABLE used_token (
  digest     TEXT NOT NULL PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX used_token_by_expiry ON used_token (expires_at);
