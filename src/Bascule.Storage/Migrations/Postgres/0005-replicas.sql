-- Which replicas are at work just now, so that each can tell how many shards are its share. Written by each of them every second or two.
CREATE TABLE replica (
  name        TEXT COLLATE "C" PRIMARY KEY,
  alive_until TIMESTAMPTZ NOT NULL,
  room        INTEGER NOT NULL
);
