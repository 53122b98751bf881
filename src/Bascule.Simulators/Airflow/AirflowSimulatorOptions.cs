namespace Bascule.Simulators.Airflow;

/// <summary>Which of the two public APIs is spoken.</summary>
public enum AirflowGeneration
{
    /// <summary>Airflow 2: REST v1, basic authentication, a folder kept by git-sync.</summary>
    Two,

    /// <summary>Airflow 3: REST v2, bearer tokens, a Git bundle with versions.</summary>
    Three,
}

/// <summary>How a simulated Airflow is set up.</summary>
public sealed record AirflowSimulatorOptions
{
    /// <summary>Signs the https certificate.</summary>
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>Holds the clone of what is followed. Made when absent, never emptied.</summary>
    public required string DataDirectory { get; init; }

    public AirflowGeneration Generation { get; init; } = AirflowGeneration.Three;

    /// <summary>Runs and parse times move with it alone.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What git clones from: an address or a path.</summary>
    public required string Repository { get; init; }

    /// <summary>The bundle's <c>tracking_ref</c>, or git-sync's <c>--ref</c>.</summary>
    public string Ref { get; init; } = "refs/heads/main";

    /// <summary>The bundle's <c>subdir</c>: DAG files are below it, and their paths are told from there. Empty for the whole repository.</summary>
    public string Subdirectory { get; init; } = "";

    /// <summary>For git alone, e.g. <c>GIT_SSL_CAINFO</c> or <c>GIT_ASKPASS</c>.</summary>
    public IReadOnlyDictionary<string, string> GitEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of the bundle in <c>dag_bundle_config_list</c>. Airflow 3 only.</summary>
    public string BundleName { get; init; } = "bascule";

    /// <summary>False for a bundle over a checkout that git-sync keeps: Airflow then knows no commit. Airflow 3 only.</summary>
    public bool HasVersions { get; init; } = true;

    /// <summary>Below it lie the files, as Airflow 2 tells of them.</summary>
    public string DagsFolder { get; init; } = "/opt/airflow/dags";

    /// <summary>How long a run waits for the scheduler.</summary>
    public TimeSpan QueuedFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long each task runs; they run one after the other.</summary>
    public TimeSpan TaskTakes { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whose tokens are taken; null when Airflow checks only tokens that it made itself. Airflow 3 only.</summary>
    public TrustedJwks? TrustedJwks { get; init; }
}

/// <summary>The <c>[api_auth]</c> section: <c>trusted_jwks_url</c>, <c>jwt_issuer</c>, <c>jwt_audience</c>, <c>jwt_algorithm</c>.</summary>
/// <param name="Url">Fetched when first needed and at most once an hour: a new key is not known before that. A file is read once.</param>
public sealed record TrustedJwks(Uri Url, string Issuer, string Audience, string Algorithm = "RS256")
{
    /// <summary>What to trust when the keys are fetched; null = the system's authorities.</summary>
    public string? CaPem { get; init; }
}
