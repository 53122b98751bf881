-- Refs that pushes through Bascule have moved, and by whom: what makes a commit proven. Times in Unix milliseconds.
CREATE TABLE pushed_ref (
  push          TEXT COLLATE "C" NOT NULL,
  ref           TEXT COLLATE "C" NOT NULL,
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  head          TEXT COLLATE "C" NOT NULL,
  actor_type    TEXT COLLATE "C" NOT NULL,
  actor_uid     TEXT COLLATE "C" NOT NULL,
  token_uid     TEXT COLLATE "C" NOT NULL,
  account_id    BIGINT,
  account_login TEXT COLLATE "C",
  at            BIGINT NOT NULL,
  PRIMARY KEY (push, ref)
);
CREATE INDEX pushed_ref_by_head ON pushed_ref (forge_uid, repository_id, head);
