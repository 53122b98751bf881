-- What was deployed, as packs of git: each has what its commit leads to and no pack of the place before it has. Sizes in bytes.
CREATE TABLE deployed_pack (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  environment   TEXT NOT NULL,
  number        INTEGER NOT NULL,
  commit_id     TEXT NOT NULL,
  size          INTEGER NOT NULL,
  sha256        TEXT NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, number)
) STRICT;

-- Of 1 MiB each but the last, from 0.
CREATE TABLE deployed_part (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  environment   TEXT NOT NULL,
  number        INTEGER NOT NULL,
  part          INTEGER NOT NULL,
  content       BLOB NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, number, part),
  FOREIGN KEY (forge_uid, repository_id, environment, number)
    REFERENCES deployed_pack (forge_uid, repository_id, environment, number) ON DELETE CASCADE
) STRICT;
