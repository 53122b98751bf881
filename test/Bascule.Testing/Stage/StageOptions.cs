using Bascule.Simulators;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Forges;

namespace Bascule.Testing.Stage;

/// <summary>What differs between stages.</summary>
public sealed record StageOptions
{
    public ForgeFlavour Flavour { get; init; } = ForgeFlavour.Gitea;

    /// <summary>Bascule's own token at the forge; null for one as the forge makes them.</summary>
    public string? ForgeToken { get; init; }

    /// <summary>How long after the pull request's hook Gogs moves refs/pull/N/head.</summary>
    public TimeSpan GogsPullHeadDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whole lines of <c>bascule.yaml</c>, at the left margin, after those that every stage has.</summary>
    public string MoreSettings { get; init; } = "";

    /// <summary>Under which further simulators serve already, and which is the stage's from now on; null for one of its own.</summary>
    public LoopbackAuthority? Authority { get; init; }

    /// <summary>Whole lines of further platforms, indented by two.</summary>
    public string PlatformSettings { get; init; } = "";

    /// <summary>Whole lines in the forge's own settings, indented by four.</summary>
    public string ForgeSettings { get; init; } = "";

    /// <summary>Where Bascule listens for the world; null for any free port.</summary>
    public int? PublicPort { get; init; }

    /// <summary>The port by which the world reaches Bascule; null for its own.</summary>
    public int? Front { get; init; }

    /// <summary>The port on loopback by which Bascule reaches the forge; null for the forge's own.</summary>
    public int? ForgePort { get; init; }

    /// <summary>Of the PostgreSQL database; null for SQLite.</summary>
    public string? Postgres { get; init; }

    /// <summary>Whether the forge answers fetches by <c>git http-backend</c>.</summary>
    public bool HttpBackend { get; init; }

    /// <summary>Whether a stand-in for the Databricks CLI is installed, and the principal that makes plans there.</summary>
    public bool HasDatabricksCli { get; init; }

    public Func<DatabricksSimulatorOptions, DatabricksSimulatorOptions> Databricks { get; init; } = options => options;
}
