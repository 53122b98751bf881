using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;

namespace Bascule.Cli.Features.Dags;

/// <summary>What passes between one look at the branch and the next, when nothing is wrong.</summary>
internal interface IChangeWait : IDisposable
{
    /// <summary>Where the branch stands now, when whoever moves it has said so; null when it is time to look.</summary>
    /// <param name="shown">Null before the first version.</param>
    /// <param name="interval">How long to wait where nobody tells.</param>
    Task<CommitId?> WaitAsync(CommitId? shown, TimeSpan interval, CancellationToken cancellationToken);
}

/// <summary>For whatever nobody tells of: a moment, and then a look.</summary>
internal sealed class IntervalWait : IChangeWait
{
    public Task<CommitId?> WaitAsync(CommitId? shown, TimeSpan interval, CancellationToken cancellationToken) =>
        MomentAsync(interval, cancellationToken);

    public void Dispose() { }

    public static async Task<CommitId?> MomentAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        await Task.Delay(interval, cancellationToken);
        return null;
    }
}

/// <summary>A deploy ref at Bascule, which says when it has moved it. Whatever is in the way of that: a moment, and then a look.</summary>
internal sealed class DeployRefWait(DeployRefClient client, IGitLogin login, string repository, TimeProvider time)
    : IChangeWait
{
    /// <summary>A server that does not tell of it is not asked each time: to it that is one refusal after the other.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private DateTimeOffset _silentUntil = DateTimeOffset.MinValue;

    /// <summary>Whether the branch is one that the server tells of.</summary>
    public static bool Fits(FollowOptions options) =>
        options.Address.Server is not null && DeployPlace.IsReserved(options.Ref);

    public async Task<CommitId?> WaitAsync(CommitId? shown, TimeSpan interval, CancellationToken cancellationToken)
    {
        if (
            shown is not { } known
            || time.GetUtcNow() < _silentUntil
            || await login.FindAsync(cancellationToken) is not { Problem: null, Value: { } token }
        )
            return await IntervalWait.MomentAsync(interval, cancellationToken);
        var waited = await client.WaitAsync(repository, token, known, cancellationToken);
        if (waited.Failed(out var problem))
        {
            if (problem.Code is ProblemCode.Unauthenticated)
                login.Forget();
            if (problem.Code is ProblemCode.NotFound)
                _silentUntil = time.GetUtcNow() + AskAgain;
            return await IntervalWait.MomentAsync(interval, cancellationToken);
        }
        if (waited.Value.Commit != known)
            return waited.Value.Commit;
        return waited.Value.HasWaited ? null : await IntervalWait.MomentAsync(interval, cancellationToken);
    }

    public void Dispose() => client.Dispose();
}
