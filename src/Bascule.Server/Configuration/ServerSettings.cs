using System.Net;
using Bascule.Connectors.Secrets;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Platforms;
using Bascule.Core.Pushes;
using Bascule.Core.Reconcile;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;
using Bascule.Core.Workflows;
using Bascule.Server.Audit.Log;
using Bascule.Server.Connections;
using Bascule.Server.Sealing;

namespace Bascule.Server.Configuration;

/// <summary>What operators decide, read once at start from <c>bascule.yaml</c>. All paths are absolute.</summary>
public sealed record ServerSettings
{
    /// <summary>The settings file itself.</summary>
    public required string File { get; init; }

    /// <summary>Scheme, host and port by which the world reaches us: the issuer of our tokens. Its OriginalString has no trailing slash.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Everything that Bascule keeps on disk.</summary>
    public required string DataFolder { get; init; }

    public required StorageSettings Storage { get; init; }

    public required ListenSettings Listen { get; init; }
    public required IReadOnlyList<ForgeConnection> Forges { get; init; }
    public required IReadOnlyList<PlatformConnection> Platforms { get; init; }
    public required IReadOnlyList<EnvironmentSettings> Environments { get; init; }

    /// <summary>Whoever none of these names may do nothing.</summary>
    public IReadOnlyList<RoleRule> Roles { get; init; } = [];
    public required IntakeSettings Intake { get; init; }
    public RetentionSettings Retention { get; init; } = RetentionSettings.Default;

    /// <summary>Who gets a copy of the audit log.</summary>
    public IReadOnlyList<CollectorSettings> Collectors { get; init; } = [];
    public MirrorSettings Mirrors { get; init; } = MirrorSettings.Default;

    /// <summary>What a push through Bascule may do beyond moving refs forward.</summary>
    public PushSettings Pushes { get; init; } = new();

    /// <summary>What fetches and pushes through Bascule may cost.</summary>
    public GitLimits GitLimits { get; init; } = new();

    public DeployRefSettings DeployRefs { get; init; } = DeployRefSettings.Default;
    public TelemetrySettings Telemetry { get; init; } = new(Otlp: null);

    /// <summary>Where people sign in. Empty: nobody does.</summary>
    public IReadOnlyList<SignInProvider> SignIn { get; init; } = [];

    /// <summary>Whose tokens open which repositories.</summary>
    public ExchangeSettings Exchange { get; init; } = ExchangeSettings.None;

    /// <summary>Null for master.key in the data folder.</summary>
    public MasterKeyPlace? MasterKey { get; init; }

    public AuditLogSettings AuditLog { get; init; } = AuditLogSettings.Default;

    public ProvenanceSettings Provenance { get; init; } = ProvenanceSettings.Default;

    /// <summary>The secrets that all of this names.</summary>
    public SettingSecrets Secrets { get; init; } = new();

    /// <summary>Where those are that are not on this machine.</summary>
    public SecretsOptions SecretSources { get; init; } = SecretsOptions.None;

    /// <summary>What the server grants, as rules that Core decides by.</summary>
    public Grants Grants => new([.. Environments.Select(environment => environment.Rule)]);

    /// <summary>Reads and checks everything, and calls nobody. Settings are null exactly when there are problems, which are sorted by line.</summary>
    /// <param name="secrets">Takes the secrets that are named; null when those of this machine are to be read at once.</param>
    public static (ServerSettings? Settings, IReadOnlyList<SettingProblem> Problems) Load(
        string path,
        IReadOnlyList<IForgeConnector> forges,
        IReadOnlyList<IPlatformConnector> platforms,
        TimeProvider time,
        SettingSecrets? secrets = null
    ) => new ServerSettingsReader(forges, platforms, time, secrets ?? new SettingSecrets()).Load(path);

    public ForgeConnection? FindForge(string name) => Forges.FirstOrDefault(forge => forge.Name == name);

    public EnvironmentSettings? FindEnvironment(string name) =>
        Environments.FirstOrDefault(environment => environment.Name == name);
}

/// <param name="Certificate">PEM, with the chain; null together with <paramref name="Key"/> when something in front of us ends TLS.</param>
/// <param name="Ca">PEM of a private CA, by which Bascule itself trusts its public address; null for the system's.</param>
public sealed record TlsFiles(string Certificate, string Key, string? Ca = null);

/// <param name="Public">Hooks, discovery, health.</param>
/// <param name="Local">Console and API; always a loopback address.</param>
/// <param name="Tls">For the public address; null for plain HTTP.</param>
public sealed record ListenSettings(IPEndPoint Public, IPEndPoint Local, TlsFiles? Tls);

/// <param name="Repositories">Which of its repositories Bascule looks at.</param>
public sealed record ForgeConnection(string Name, IForge Forge, IReadOnlyList<Glob> Repositories)
{
    public ReconcileSettings Reconcile { get; init; } = new();

    /// <summary>How old the secret of a webhook may become; null for as old as it likes.</summary>
    public TimeSpan? RotateSecrets { get; init; }

    public CredentialSettings Credential { get; init; } = CredentialSettings.Default;

    /// <summary>Where people reach it by SSH, when that is not git@ and the host of its address.</summary>
    public SshAddress? Ssh { get; init; }

    /// <param name="repository">owner/name.</param>
    public bool Takes(string repository) => Repositories.Any(glob => glob.IsMatch(repository));
}

public sealed record PlatformConnection(string Name, IPlatform Platform);

/// <param name="Brings">What the environment brings to its platform, e.g. a catalog.</param>
public sealed record EnvironmentSettings(
    string Name,
    PlatformConnection Platform,
    PlatformEnvironment Brings,
    EnvironmentRule Rule
);

/// <param name="Otlp">The collector that traces go to, without a path of its own for them; null for none.</param>
public sealed record TelemetrySettings(Uri? Otlp);

/// <param name="MaxBodyBytes">A larger delivery is refused before it is read.</param>
public sealed record IntakeSettings(long MaxBodyBytes);
