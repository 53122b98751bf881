-- What was deployed, as packs of git: each has what its commit leads to and no pack of the place before it has. Sizes in bytes.
CREATE TABLE deployed_pack (
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  environment   TEXT COLLATE "C" NOT NULL,
  number        BIGINT NOT NULL,
  commit_id     TEXT COLLATE "C" NOT NULL,
  size          BIGINT NOT NULL,
  sha256        TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, number)
);

-- Of 1 MiB each but the last, from 0.
CREATE TABLE deployed_part (
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  environment   TEXT COLLATE "C" NOT NULL,
  number        BIGINT NOT NULL,
  part          BIGINT NOT NULL,
  content       BYTEA NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, number, part),
  FOREIGN KEY (forge_uid, repository_id, environment, number)
    REFERENCES deployed_pack (forge_uid, repository_id, environment, number) ON DELETE CASCADE
);
