using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>Code that a platform can run, and how a workflow asks for it.</summary>
public sealed record StagedCode(MemoryTree Tree, PlatformTask Task);

/// <summary>A platform, simulated or real, that lets one identity in. What only some can do is a stage's role: <see cref="IKeepsRuns"/>, <see cref="ITrains"/>, <see cref="IDeploys"/>.</summary>
public abstract class PlatformStage : IAsyncLifetime
{
    public abstract string Kind { get; }

    /// <summary>Lets in.</summary>
    public abstract IRunIdentity Identity { get; }

    /// <summary>Is let in nowhere.</summary>
    public abstract IRunIdentity Stranger { get; }

    /// <summary>By whom plans are made, where they are compared with what the platform holds.</summary>
    public virtual IRunIdentity Planner => Identity;

    public abstract PlatformEnvironment Environment { get; }

    /// <summary>What the target of each plan names.</summary>
    public abstract string Target { get; }

    /// <summary>How often something that succeeds had its effect.</summary>
    public abstract int Effects { get; }

    /// <summary>How many calls of connections arrived; a launched run may go on calling after its test has ended, and is not counted.</summary>
    public abstract int Calls { get; }

    /// <summary>Everything that nobody may say.</summary>
    public abstract IEnumerable<string> Secrets { get; }

    /// <summary>The plan of the run that last succeeded, as the server remembers it.</summary>
    public string? Deployed { get; set; }

    /// <summary>Succeeds and has one effect; something else each time.</summary>
    public abstract StagedCode NewWork();

    /// <summary>Does not end by itself for a while.</summary>
    public abstract StagedCode NewEndless();

    /// <summary>A connection as a process opens it at its start.</summary>
    public abstract IPlatform Connect();

    /// <summary>The next call that launches something takes effect, and its answer is lost.</summary>
    /// <returns>Whether that has happened.</returns>
    public abstract Func<bool> LoseNextAnswer();

    /// <summary>Between two looks.</summary>
    public virtual Task PassAsync() => Task.Delay(20);

    /// <summary>As the server does; most platforms follow no ref.</summary>
    public virtual Result<DateTimeOffset> MoveDeployRef(Run run) => DateTimeOffset.UtcNow;

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>A run of its own: nothing of it was used before.</summary>
    public StagedRun NewRun(StagedCode code)
    {
        var commit = CommitOf(code);
        var name = RefName.Parse("refs/heads/main");
        var repository = new RepositoryKey("forge1", 7);
        var run = new Run
        {
            Id = RunId.New(),
            Repository = repository,
            Forge = "git",
            RepositoryName = "ml/churn",
            Workflow = "churn",
            Environment = "ml-test",
            Trigger = Trigger.Ref(name, 1),
            Ref = name,
            Commit = commit,
            Key = IdempotencyKey.Derive(1, repository, Trigger.Ref(name, 1), commit, "churn", "ml-test", 0),
            Content = code.Tree.Content,
            State = RunState.Queued,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        return new StagedRun(this, run, code);
    }

    protected virtual CommitId CommitOf(StagedCode code) =>
        CommitId.Parse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)));
}

/// <summary>Where a launched run is a thing of its own, with a page, a log and an end.</summary>
public interface IKeepsRuns
{
    /// <summary>Fails; at the end of its log stands <see cref="LastWords"/>.</summary>
    StagedCode NewFailing();

    string LastWords { get; }

    /// <summary>As an administrator does.</summary>
    void Delete(StagedRun run);
}

/// <summary>Where runs leave metrics and models behind.</summary>
public interface ITrains
{
    /// <summary>Prints <c>trained</c>, logs metric <c>rmse</c> = 0.25 and registers one version of <see cref="Model"/>.</summary>
    StagedCode Training { get; }

    /// <summary>The full name.</summary>
    string Model { get; }
}

/// <summary>Where names lead to versions of models.</summary>
public interface IPromotes
{
    /// <summary>How a move is called in the audit log.</summary>
    string MoveOperation { get; }

    /// <summary>As <see cref="PlatformStage.LoseNextAnswer"/>, of the next call that moves a name.</summary>
    Func<bool> LoseNextMove();
}

/// <summary>Where the commit is the deployment.</summary>
public interface IDeploys
{
    /// <summary>Refused by the rules that hold without any being set, in line 1 of <see cref="UnfitFile"/>.</summary>
    StagedCode NewUnfit();

    string UnfitFile { get; }
}
