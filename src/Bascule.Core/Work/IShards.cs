namespace Bascule.Core.Work;

/// <summary>
/// Who may drain which part of the inbox. Lanes are spread over 32 shards; a shard is held by one replica at a time, for as long as its lease lasts
/// (ARCHITECTURE section 5). Every claim raises the shard's fence: whatever an earlier holder still wants to store is refused (THREATS T147).
/// </summary>
public interface IShards
{
    /// <summary>How long a claim holds without being renewed; infinite where there is only one process.</summary>
    TimeSpan LeaseTime { get; }

    /// <summary>Takes shards that have due work and that nobody holds. Empty when there are none; never waits for another replica.</summary>
    /// <param name="courtesy">What was handed over less than this long ago is left for others to take.</param>
    Task<IReadOnlyList<ShardLease>> ClaimAsync(
        DateTimeOffset now,
        TimeSpan courtesy,
        CancellationToken cancellationToken
    );

    /// <summary>Answers those that are still held, from now on for <see cref="LeaseTime"/>.</summary>
    Task<IReadOnlyList<ShardLease>> RenewAsync(
        IReadOnlyCollection<ShardLease> leases,
        CancellationToken cancellationToken
    );

    /// <summary>Gives them back at once; those lost already are left alone.</summary>
    Task ReleaseAsync(
        IReadOnlyCollection<ShardLease> leases,
        ShardRelease because,
        CancellationToken cancellationToken
    );

    /// <summary>Says that this replica is at work, for <see cref="LeaseTime"/>, and learns which others are.</summary>
    /// <param name="room">How many more shards it would take.</param>
    Task<Fleet> MeetAsync(int room, CancellationToken cancellationToken);

    /// <summary>
    /// Says that this replica claims nothing any more, and wakes the others: what has come since it gave its shards back it would have taken itself.
    /// </summary>
    Task LeaveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Until it is disposed, everything that this flow of control writes, audit entries included, is stored only while the lease holds: otherwise
    /// Conflict, and nothing is stored. So no call goes out for a row that somebody else has taken over.
    /// </summary>
    IDisposable Under(ShardLease lease);
}

/// <summary>Why a shard is given back.</summary>
public enum ShardRelease
{
    /// <summary>Nothing of it is due: nobody is woken.</summary>
    Idle,

    /// <summary>There is work, and its holder has more than its share: another replica is woken to take it.</summary>
    HandedOver,

    /// <summary>There may be work, and its holder stops: any other replica is woken to take it.</summary>
    Stopping,
}

/// <summary>The replicas at work.</summary>
/// <param name="Count">This one included.</param>
/// <param name="Room">How many more shards the others would take, all together.</param>
public sealed record Fleet(int Count, int Room)
{
    /// <summary>Where there is no other, or none is known of yet.</summary>
    public static Fleet Alone { get; } = new(1, 0);

    /// <summary>How many shards one replica should hold at most while others would take more.</summary>
    public int Share => (Shards.Count + Count - 1) / Count;
}

/// <summary>A claim on a shard.</summary>
/// <param name="Fence">How often the shard has been claimed, this claim included.</param>
/// <param name="AfterCrash">The former holder did not give it back: one of its rows may be what killed it (THREATS T148).</param>
public sealed record ShardLease(int Shard, long Fence, bool AfterCrash = false)
{
    private const string Beginning = "shard ";

    /// <summary>What a write under this lease is answered once another replica has claimed the shard.</summary>
    public Problem Lost =>
        Problem.Conflict($"{Beginning}{Shard} has been taken over by another replica since claim {Fence}");

    /// <summary>Whether a refusal says that the lease was lost; the row itself is not to blame for that.</summary>
    public static bool IsLoss(Problem problem) =>
        problem.Code == ProblemCode.Conflict && problem.Message.StartsWith(Beginning, StringComparison.Ordinal);
}
