using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.Platforms;
using Bascule.Core.Runs;
using Xunit;

namespace Bascule.Testing.Platforms;

/// <summary>Code that a platform can run, and how a workflow asks for it.</summary>
public sealed record StagedCode(MemoryTree Tree, PlatformTask Task);

/// <summary>A platform, simulated or real, that lets one identity in.</summary>
public abstract class PlatformStage : IAsyncLifetime
{
    public abstract string Kind { get; }

    /// <summary>Lets in.</summary>
    public abstract IRunIdentity Identity { get; }

    /// <summary>Is let in nowhere.</summary>
    public abstract IRunIdentity Stranger { get; }

    public abstract PlatformEnvironment Environment { get; }

    /// <summary>Prints <c>trained</c>, logs metric <c>rmse</c> = 0.25 and registers one version of <see cref="Model"/>.</summary>
    public abstract StagedCode Training { get; }

    /// <summary>Prints <c>about to fail</c> and fails.</summary>
    public abstract StagedCode Failing { get; }

    /// <summary>Prints nothing and goes on for minutes.</summary>
    public abstract StagedCode Endless { get; }

    /// <summary>The full name.</summary>
    public abstract string Model { get; }

    /// <summary>How many runs were ever launched.</summary>
    public abstract int Launched { get; }

    /// <summary>How many calls of connections arrived; a launched run may go on calling after its test has ended, and is not counted.</summary>
    public abstract int Calls { get; }

    /// <summary>Everything that nobody may say.</summary>
    public abstract IEnumerable<string> Secrets { get; }

    /// <summary>A connection as a process opens it at its start.</summary>
    public abstract IPlatform Connect();

    /// <summary>The next start takes effect, and its answer is lost.</summary>
    public abstract void LoseNextStartAnswer();

    /// <summary>As an administrator does.</summary>
    public abstract void DeleteRun(string id);

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>A run of its own: nothing of it was used before.</summary>
    public StagedRun NewRun(StagedCode code)
    {
        var commit = CommitId.Parse(
            Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20))
        );
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
}
