/*
 * How replicas share the inbox: leases on shards, fences, lanes in order (docs/adr/0008-lanes-on-shards.md). LaneModelTests lets Debian's spin search
 * every state of it. By hand:
 *
 *   spin -DPAUSES=1 -DSLOW=1 -a lanes.pml && gcc -O1 -DSAFETY -o pan pan.c && ./pan -E -m1000000
 *   spin -DPOLL=0 -DLIVENESS -a lanes.pml && gcc -O1 -DNFAIR=4 -o pan pan.c && ./pan -a -f -m1000000
 *
 * A step is one statement or transaction of the database, or what a process does unseen between two of them. All that a process knows is kept in
 * arrays by replica, so that a kill takes it away at once. Each mutant, given with -D, takes one guard away.
 */
#ifndef LANES
#define LANES 2
#endif
#ifndef SHARDS
#define SHARDS 1
#endif
#ifndef ROWS        /* appended to lane 0 */
#define ROWS 3
#endif
#ifndef OTHERS      /* appended to each other lane */
#define OTHERS 1
#endif
#ifndef KILLS       /* kill -9 at any point */
#define KILLS 0
#endif
#ifndef NEVER_BACK  /* 1: who was killed stays dead. 0: it is back at once as a new process, and may then be as slow as it likes */
#define NEVER_BACK 0
#endif
#ifndef PAUSES      /* a process stopped at any point, which later goes on with what it knew */
#define PAUSES 0
#endif
#ifndef SLOW        /* a lease that ends though its holder runs: a late heartbeat */
#define SLOW 0
#endif
#ifndef GIVES       /* a replica that has more than its share picks a shard for the other one */
#define GIVES 0
#endif
#ifndef STOPS       /* a replica is told to stop */
#define STOPS 0
#endif
#ifndef POLL        /* 1: the loop looks again by itself, and every wake is lost. 0: every wake arrives, and nothing else ends the wait */
#define POLL 1
#endif
#define FAULTS (KILLS + PAUSES + SLOW)

#define NOBODY 2    /* the replicas are 0 and 1 */
#define ShardOf(lane) ((lane) % SHARDS)
#define RowsOf(lane) ((lane) == 0 -> ROWS : OTHERS)
#define At(r, lane) ((r) * LANES + (lane))
#define Of(r, shard) ((r) * SHARDS + (shard))

/* The database. The rows of a lane are settled + 1 .. appended, and the lowest is its head. */
byte appended[LANES];
byte settled[LANES];
bool leased[SHARDS];            /* lease_until has not passed */
byte handedBy[SHARDS] = NOBODY; /* who handed it over just now, and leaves it alone for a while */

/*
 * A fence is not kept as a number. Of one that somebody remembers only this counts: is it still the shard's? A claim makes all remembered ones old,
 * so that the search ends however often a shard is claimed. No two claims have the same fence: it says who the holder is, too.
 */
#define NONE 0
#define OLD 1
#define LAST 2

/* Only watched: no program reads these. */
byte called[LANES];             /* the highest row whose call has reached the platform */
byte admitted[LANES];           /* the fence under which an audit entry last allowed the head's call */

/* A replica. */
byte at[2];                     /* its loop's next step */
bool woken[2];                  /* the signal that it took last has been given */
bool gone[2];
byte mine[2 * SHARDS];          /* the fence of the claim it believes in */
bool offered[2 * SHARDS];       /* it takes no more rows of it, and hands it over when nothing of it is in hand */
bool leaving[2];                /* it claims and takes nothing more */
byte paused = NOBODY;

/* Its handlers, one to a lane. */
byte stage[2 * LANES];
byte row[2 * LANES];
byte token[2 * LANES];          /* the fence of the claim under which the row was read */

byte kills = KILLS;
byte pauses = PAUSES;
byte slow = SLOW;
byte gives = GIVES;
byte stops = STOPS;

/* Steps of the loop. */
#define CLAIM 0                 /* one for each shard */
#define READ (CLAIM + SHARDS)
#define RELEASE (READ + 1)
#define WAIT (READ + 2)
#define LATE (READ + 3)         /* mutant TAKES_SIGNAL_LATE only */

/* Stages of a handler. */
#define FREE 0
#define GOT 1
#define ADMITTED 2
#define CALLED 3
#define LEAVING 4               /* mutant WAKES_BEFORE_LEAVING only */

/* The guards, and their mutants. */
#ifdef CLAIMS_LEASED_SHARDS
#define mayClaim(r, shard) (mine[Of(r, shard)] == NONE)
#else
#define mayClaim(r, shard) (!leased[shard] && !leaving[r] && handedBy[shard] != r)
#endif
#ifdef TAKES_BUSY_LANES
#define mayTake(r, lane) true
#else
#define mayTake(r, lane) (stage[At(r, lane)] == FREE)
#endif
#define isOpen(r, shard) (!leaving[r] && !offered[Of(r, shard)])
#ifdef CALLS_WITHOUT_FENCE
#define mayCall(r, lane) true
#else
#define mayCall(r, lane) (token[At(r, lane)] == LAST)
#endif
#ifdef SETTLES_WITHOUT_FENCE
#define maySettle(r, lane) true
#elif defined(SETTLES_UNDER_A_LATER_CLAIM)
#define maySettle(r, lane) (mine[Of(r, ShardOf(lane))] == LAST)
#else
#define maySettle(r, lane) (token[At(r, lane)] == LAST)
#endif
#ifdef RENEWS_WITHOUT_FENCE
#define isHolder(r, shard) true
#else
#define isHolder(r, shard) (mine[Of(r, shard)] == LAST)
#endif

/* What must be able to happen, or the properties would say little: asked for, it is an error. */
#ifdef SHOW_REFUSED_CALL
#define refusedCall assert(false)
#else
#define refusedCall skip
#endif
#ifdef SHOW_REFUSED_RESULT
#define refusedResult assert(false)
#else
#define refusedResult skip
#endif
#ifdef SHOW_LATE_CALL
#define lateCall assert(false)
#else
#define lateCall skip
#endif

#define runs(r) (!gone[r] && paused != r)
#define hasRows(lane) (settled[lane] < appended[lane])
#define age(fence) fence = (fence == LAST -> OLD : fence)

inline leave(r, lane) {
  stage[At(r, lane)] = FREE;
  row[At(r, lane)] = 0;
  token[At(r, lane)] = NONE
}

inline raiseFence(shard) {
  age(mine[Of(0, shard)]);
  age(mine[Of(1, shard)]);
  k = 0;
  do
  :: k < LANES ->
    if
    :: ShardOf(k) == shard -> age(token[At(0, k)]); age(token[At(1, k)]); age(admitted[k])
    :: else
    fi;
    k++
  :: else -> break
  od
}

/* Property 3: nobody else can settle. */
inline assertAlone(r, shard) {
  assert(mine[Of(1 - r, shard)] != LAST);
  k = 0;
  do
  :: k < LANES -> assert(ShardOf(k) != shard || token[At(1 - r, k)] != LAST); k++
  :: else -> break
  od
}

inline claim(r, shard) {
  k = 0;
  do
  :: k < LANES && !(ShardOf(k) == shard && hasRows(k)) -> k++
  :: else -> break
  od;
  if
  :: k < LANES && mayClaim(r, shard) ->
#ifndef CLAIMS_WITHOUT_NEW_FENCE
    raiseFence(shard);
#endif
    leased[shard] = true;
    handedBy[shard] = NOBODY;
    mine[Of(r, shard)] = LAST;
    assertAlone(r, shard)
  :: else
  fi;
  k = 0
}

/* Reads the heads in the shards that it believes to hold, and begins those whose lane is not busy. */
inline take(r) {
  k = 0;
  do
  :: k < LANES ->
    if
    :: hasRows(k) && mine[Of(r, ShardOf(k))] != NONE && isOpen(r, ShardOf(k)) && mayTake(r, k) ->
      stage[At(r, k)] = GOT;
#ifdef TAKES_ANY_ROW
      row[At(r, k)] = appended[k];
#else
      row[At(r, k)] = settled[k] + 1;
#endif
      token[At(r, k)] = mine[Of(r, ShardOf(k))]
    :: else
    fi;
    k++
  :: else -> break
  od;
  k = 0
}

/* What is given back though there may be work wakes both. */
inline wakeBoth() {
#ifndef HANDS_OVER_SILENTLY
  woken[0] = !POLL;
  woken[1] = !POLL
#else
  skip
#endif
}

/*
 * Gives a shard back of which no lane is busy here, or keeps it for a while; not if the other one should have it. Whether a row has become due since the
 * reading is not asked: the signal tells, since it was taken before.
 */
inline releaseIdle(r, shard) {
  k = 0;
#ifdef RELEASES_BUSY_SHARDS
  k = LANES;
#endif
  do
  :: k < LANES && !(ShardOf(k) == shard && stage[At(r, k)] != FREE) -> k++
  :: else -> break
  od;
  if
  :: k == LANES && mine[Of(r, shard)] != NONE ->
    if
    :: isHolder(r, shard) ->
      leased[shard] = false;
      if
      :: offered[Of(r, shard)] -> handedBy[shard] = r
      :: else
      fi;
      if
      :: leaving[r] || offered[Of(r, shard)] -> wakeBoth()
      :: else
      fi
    :: else
    fi;
    mine[Of(r, shard)] = NONE;
    offered[Of(r, shard)] = false
  :: !(k == LANES && mine[Of(r, shard)] != NONE && (leaving[r] || offered[Of(r, shard)])) -> skip
  fi;
  k = 0
}

proctype Loop(byte r) {
  byte k;
  do
  :: atomic { runs(r) && at[r] == CLAIM -> claim(r, 0); at[r]++ }
#if SHARDS > 1
  :: atomic { runs(r) && at[r] == CLAIM + 1 -> claim(r, 1); at[r]++ }
#endif
  :: atomic { gives > 0 && runs(r) && at[r] == CLAIM && mine[Of(r, 0)] != NONE -> gives--; offered[Of(r, 0)] = true }
  /*
   * Told to stop, it wakes the other one before anything else: a row may have come while it gave its shard back as idle, for which it would have claimed
   * the shard again.
   */
  :: atomic { stops > 0 && runs(r) && !leaving[r] && (at[r] == CLAIM || at[r] == WAIT) ->
      stops--;
      leaving[r] = true;
#ifndef LEAVES_SILENTLY
      wakeBoth();
#endif
      at[r] = CLAIM
    }
  :: atomic { runs(r) && at[r] == READ -> take(r); at[r]++ }
  :: atomic { runs(r) && at[r] == RELEASE ->
      releaseIdle(r, 0);
#if SHARDS > 1
      releaseIdle(r, 1);
#endif
#ifdef TAKES_SIGNAL_LATE
      at[r] = LATE
#else
      at[r] = (POLL -> CLAIM : WAIT)
#endif
    }
#ifdef TAKES_SIGNAL_LATE
  :: atomic { runs(r) && at[r] == LATE -> woken[r] = false; at[r] = WAIT }
  :: atomic { runs(r) && at[r] == WAIT && woken[r] -> at[r] = CLAIM }
#else
  /* The signal is taken before anything is looked at. A wake between the end of the wait and here is as good as one before. */
  :: atomic { runs(r) && at[r] == WAIT && woken[r] -> woken[r] = false; at[r] = CLAIM }
#endif
#ifdef RELEASES_BESIDE_THE_LOOP
  :: atomic { runs(r) && at[r] != WAIT && mine[Of(r, 0)] != NONE -> releaseIdle(r, 0) }
#endif
  od
}

/* Only what changes something is a step: a lease that has ended is renewed, or a lost one noticed, and its handlers are cancelled. */
proctype Heartbeat(byte r; byte shard) {
  byte k;
  do
  :: atomic { runs(r) && mine[Of(r, shard)] != NONE && isHolder(r, shard) && !leased[shard] -> leased[shard] = true }
  :: atomic { runs(r) && mine[Of(r, shard)] != NONE && !isHolder(r, shard) ->
      mine[Of(r, shard)] = NONE;
      offered[Of(r, shard)] = false;
      do
      :: k < LANES && ShardOf(k) == shard -> leave(r, k); k++
      :: k < LANES && ShardOf(k) != shard -> k++
      :: else -> break
      od;
      k = 0
    }
  od
}

/* Nobody outside sees between the two. */
inline end(r, lane) {
#ifdef WAKES_BEFORE_LEAVING
  woken[r] = !POLL;
  stage[At(r, lane)] = LEAVING
#else
  leave(r, lane);
  woken[r] = !POLL
#endif
}

proctype Handler(byte r; byte lane) {
  do
  /* The audit entry of the call, stored only under the last fence (property 4), and once for each claim (property 6). */
  :: atomic { runs(r) && stage[At(r, lane)] == GOT && mayCall(r, lane) ->
      assert(token[At(r, lane)] == LAST);
      assert(admitted[lane] != LAST);
      admitted[lane] = LAST;
      stage[At(r, lane)] = ADMITTED
    }
  :: atomic { runs(r) && stage[At(r, lane)] == GOT && !mayCall(r, lane) -> refusedCall; end(r, lane) }
  /*
   * The call itself, which nothing can fence: it may leave long after its entry. But first calls come in order, and any other carries a key that the
   * platform knows (property 7). Where nothing fails there is one call (property 6).
   */
  :: atomic { runs(r) && stage[At(r, lane)] == ADMITTED ->
      assert(row[At(r, lane)] <= called[lane] + 1);
      assert(FAULTS > 0 || row[At(r, lane)] == called[lane] + 1);
      if
      :: row[At(r, lane)] > called[lane] -> called[lane] = row[At(r, lane)]
      :: row[At(r, lane)] <= settled[lane] -> lateCall
      :: else
      fi;
      stage[At(r, lane)] = CALLED
    }
  /* Each row's effect once, and in order (properties 1 and 2). */
  :: atomic { runs(r) && stage[At(r, lane)] == CALLED && maySettle(r, lane) ->
      assert(row[At(r, lane)] == settled[lane] + 1);
      settled[lane]++;
      admitted[lane] = NONE;
      end(r, lane)
    }
  :: atomic { runs(r) && stage[At(r, lane)] == CALLED && !maySettle(r, lane) -> refusedResult; end(r, lane) }
#ifdef WAKES_BEFORE_LEAVING
  :: atomic { runs(r) && stage[At(r, lane)] == LEAVING -> leave(r, lane) }
#endif
  od
}

/* Commits a row, then wakes every replica. */
proctype Intake(byte lane) {
  do
  :: appended[lane] < RowsOf(lane) ->
    appended[lane]++;
#if !POLL
    atomic { woken[0] = true; woken[1] = true }
#endif
  :: else -> break
  od
}

inline kill(r) {
  kills--;
  gone[r] = NEVER_BACK;
  do
  :: k < LANES -> leave(r, k); mine[Of(r, ShardOf(k))] = NONE; offered[Of(r, ShardOf(k))] = false; k++
  :: else -> break
  od;
  k = 0;
  at[r] = CLAIM;
  leaving[r] = false;
  woken[r] = false
}

/* May happen at any point, or never. */
proctype Faults() {
  byte k;
  do
  :: atomic { kills > 0 && paused != 0 -> kill(0) }
  :: atomic { kills > 0 && paused != 1 -> kill(1) }
  :: atomic { pauses > 0 && runs(0) && paused == NOBODY -> pauses--; paused = 0 }
  :: atomic { pauses > 0 && runs(1) && paused == NOBODY -> pauses--; paused = 1 }
  :: atomic { slow > 0 && leased[0] -> slow--; leased[0] = false }
#if SHARDS > 1
  :: atomic { slow > 0 && leased[1] -> slow--; leased[1] = false }
#endif
  :: break
  od
}

#define isServed(shard) ((runs(0) && mine[Of(0, shard)] == LAST) || (runs(1) && mine[Of(1, shard)] == LAST))

/* What time brings for certain: a lease that nobody renews ends, whoever handed a shard over may claim it again, and whoever is paused goes on. */
proctype Time() {
  do
  :: atomic { leased[0] && !isServed(0) -> leased[0] = false }
#if SHARDS > 1
  :: atomic { leased[1] && !isServed(1) -> leased[1] = false }
#endif
  :: atomic { handedBy[0] != NOBODY -> handedBy[0] = NOBODY }
  :: atomic { paused != NOBODY -> paused = NOBODY }
  od
}

init {
  atomic {
    run Loop(0); run Heartbeat(0, 0); run Handler(0, 0);
    run Loop(1); run Heartbeat(1, 0); run Handler(1, 0);
    run Intake(0);
#if SHARDS > 1
    run Heartbeat(0, 1); run Heartbeat(1, 1);
#endif
#if LANES > 1
    run Handler(0, 1); run Handler(1, 1); run Intake(1);
#endif
#if LANES > 2
    run Handler(0, 2); run Handler(1, 2); run Intake(2);
#endif
#if FAULTS > 0
    run Faults(); run Time()
#endif
  }
}

#ifdef LIVENESS
#if LANES == 1
ltl drained { <> (settled[0] == ROWS) }
#elif LANES == 2
ltl drained { <> (settled[0] == ROWS && settled[1] == OTHERS) }
#else
ltl drained { <> (settled[0] == ROWS && settled[1] == OTHERS && settled[2] == OTHERS) }
#endif
#endif
