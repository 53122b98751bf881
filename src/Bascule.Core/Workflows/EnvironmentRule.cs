using System.Diagnostics.CodeAnalysis;
using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Core.Workflows;

/// <summary>What the server's settings let into one environment. Everything else stays out.</summary>
/// <param name="PlatformKind">The kind of the environment's platform.</param>
/// <param name="Branches">What may be pushed; empty for no push. Says nothing about pull requests, so that removing it never opens them.</param>
/// <param name="PullRequests">
/// Whether heads of the repository itself may run here before they are merged, whatever their base: whoever may push a head may push a base.
/// Those of forks never may (THREATS T102).
/// </param>
public sealed record EnvironmentRule(
    string Name,
    string PlatformKind,
    IReadOnlyList<RepositoryPattern> Repositories,
    IReadOnlyList<Glob> Branches,
    bool PullRequests
)
{
    public string Key => $"environments.{Name}";

    /// <summary>How much of it may run.</summary>
    public EnvironmentLimits Limits { get; init; } = EnvironmentLimits.Default;

    /// <summary>Who has to say yes before anything runs here; null for nobody.</summary>
    public ApprovalPolicy? Approvals { get; init; }

    /// <summary>Only content whose origin is proven runs here (ARCHITECTURE 6): signed by a confirmed key, or approved at Bascule where that is asked for.</summary>
    public bool DemandsProven { get; init; }

    /// <summary>Whether pull requests into its branches carry one status that the forge can be told to wait for.</summary>
    public bool RequiredCheck { get; init; }

    /// <summary>Whether a branch of the forge follows the deploy ref, under its name.</summary>
    public bool CopiesDeployRef { get; init; }

    /// <summary>The aliases or stages of models that may be moved here, the one that is gone back from first; empty for none.</summary>
    public IReadOnlyList<string> Promotes { get; init; } = [];

    /// <summary>
    /// The environments whose trainings for pull requests are promoted here by the merge, in place of another training; empty for none. Their models have
    /// the same names as those of this one.
    /// </summary>
    public IReadOnlyList<string> TrainOnce { get; init; } = [];

    /// <summary>What becomes of a branch whose history was rewritten.</summary>
    public RewrittenHistory Rewritten { get; init; } = RewrittenHistory.Stop;

    /// <summary>How often the platform is compared with what was deployed there; null for never, and where the platform cannot tell.</summary>
    public TimeSpan? DriftEvery { get; init; }

    /// <summary>Whether a merge into this branch could run something here.</summary>
    /// <param name="repository">owner/name.</param>
    public bool TakesPush(string forge, string repository, RefName branch) =>
        branch.IsBranch
        && Repositories.Any(pattern => pattern.IsMatch(forge, repository))
        && Branches.Any(glob => glob.IsMatch(branch.ShortName));
}

/// <summary>What an environment does when the history of a branch that it takes was rewritten (THREATS T106).</summary>
public enum RewrittenHistory
{
    /// <summary>Nothing runs by itself until a person has asked for it or a commit follows.</summary>
    Stop,

    /// <summary>The new tip runs as any other: for branches that are rebased every day.</summary>
    Run,
}

/// <param name="MaxRunning">How many runs may change one target at a time.</param>
/// <param name="DailyHours">Hours of running per UTC day after which nothing more starts; null for no limit.</param>
public sealed record EnvironmentLimits(int MaxRunning, int? DailyHours)
{
    /// <summary>One at a time: the newest model version then is of the newest commit, and nobody pays for more than they asked for.</summary>
    public static EnvironmentLimits Default { get; } = new(MaxRunning: 1, DailyHours: null);
}

/// <summary>Repositories of one forge, e.g. <c>git:ml/*</c>.</summary>
/// <param name="Forge">The connection's name.</param>
/// <param name="Names">Matches owner/name.</param>
public sealed record RepositoryPattern(string Forge, Glob Names)
{
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out RepositoryPattern? pattern,
        [NotNullWhen(false)] out string? fault
    )
    {
        pattern = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        fault = colon < 1 ? "does not name a forge before a colon" : null;
        if (fault is null && Glob.TryParse(text[(colon + 1)..], out var names, out fault))
            pattern = new RepositoryPattern(text[..colon], names);
        return pattern is not null;
    }

    public bool IsMatch(string forge, string repository) => forge == Forge && Names.IsMatch(repository);

    public override string ToString() => $"{Forge}:{Names}";
}
