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
    Task<IReadOnlyList<ShardLease>> ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Answers those that are still held, from now on for <see cref="LeaseTime"/>.</summary>
    Task<IReadOnlyList<ShardLease>> RenewAsync(
        IReadOnlyCollection<ShardLease> leases,
        CancellationToken cancellationToken
    );

    /// <summary>Gives them back at once; those lost already are left alone.</summary>
    Task ReleaseAsync(IReadOnlyCollection<ShardLease> leases, CancellationToken cancellationToken);

    /// <summary>
    /// Until it is disposed, everything that this flow of control writes, audit entries included, is stored only while the lease holds: otherwise
    /// Conflict, and nothing is stored. So no call goes out for a row that somebody else has taken over.
    /// </summary>
    IDisposable Under(ShardLease lease);
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
