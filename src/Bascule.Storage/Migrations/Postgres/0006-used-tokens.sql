-- What may be used once and was: a digest of the token and its purpose, until nobody's clock takes the token any more.
CREATE TABLE used_token (
  digest     TEXT COLLATE "C" PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX used_token_by_expiry ON used_token (expires_at);
