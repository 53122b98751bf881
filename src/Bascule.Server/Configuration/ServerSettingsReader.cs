using Bascule.Connectors.Outbound;
using Bascule.Connectors.Secrets;
using Bascule.Connectors.Yaml;
using Bascule.Core.Forges;
using Bascule.Core.Platforms;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;
using Bascule.Server.Audit.Log;

namespace Bascule.Server.Configuration;

/// <summary>Turns the server's file into settings, or into everything that is wrong with it.</summary>
internal sealed class ServerSettingsReader(
    IReadOnlyList<IForgeConnector> forgeConnectors,
    IReadOnlyList<IPlatformConnector> platformConnectors,
    TimeProvider time,
    SettingSecrets secrets
)
{
    private const long DefaultBody = 10 * 1024 * 1024;
    private const long SmallestBody = 64 * 1024;
    private const long LargestBody = 100 * 1024 * 1024;

    private readonly List<SettingProblem> _problems = [];

    public (ServerSettings? Settings, IReadOnlyList<SettingProblem> Problems) Load(string path)
    {
        var file = Path.GetFullPath(path);
        var settings =
            ReadBytes(file, path) is { } bytes && YamlReader.Read(bytes, path, YamlLimits.Server, _problems) is { } map
                ? Read(file, new SettingReader(map, "", _problems))
                : null;
        return _problems.Count == 0 ? (settings, []) : (null, SettingProblems.Sort(_problems));
    }

    private ServerSettings? Read(string file, SettingReader top)
    {
        var folder = Path.GetDirectoryName(file)!;
        var url = PublicAddress.Read(top);
        // Without a good address the rest is still read, for its own problems.
        var host = new ConnectionHost(time, folder, url ?? new Uri("https://bascule.invalid")) { Secrets = secrets };
        var data = ReadPath(top, "data", host) ?? host.Resolve("data");
        var storage = StorageReader.Read(top, host, data);
        var listen = ListenReader.Read(top, url, host);
        var intake = ReadIntake(top);
        var retention = KeepingReader.ReadRetention(top);
        var mirrors = KeepingReader.ReadMirrors(top);
        var pushes = PushesReader.Read(top);
        var gitLimits = GitLimitsReader.Read(top);
        var deployRefs = DeployRefsReader.Read(top);
        var telemetry = ReadTelemetry(top);
        var (forges, forgeNames) = ForgesReader.Read(top, forgeConnectors, host);
        var platforms = PlatformsReader.Read(top, platformConnectors, host);
        var environments = new EnvironmentsReader(platforms, forgeNames).Read(top);
        var signIn = SignInReader.Read(top, host);
        var roles = new RolesReader(forgeNames, [.. environments.Select(one => one.Name)]).Read(top);
        var exchange = ExchangeReader.Read(top, host, signIn, forgeNames);
        var (audit, collectors) = ReadAudit(top, storage, host);
        var sources = SecretsOptions.Read(top, host);
        var provenance = ProvenanceReader.Read(top, host, sources);
        var masterKey = MasterKeyReader.Read(top, host, data, sources);
        foreach (var secret in secrets.All)
            if (sources.Fault(secret.Reference.Scheme, secret.OpensStorage) is { } fault)
                _problems.Add(new SettingProblem(secret.Location, secret.Key, fault.Message, fault.Remedy));
        top.RefuseLater("people", "approvals", "concurrency");
        top.RefuseOthers();
        if (url is null || listen is null || storage is null || _problems.Count > 0)
            return null;
        return new ServerSettings
        {
            File = file,
            PublicUrl = url,
            DataFolder = data,
            Storage = storage,
            Listen = listen,
            Forges = forges,
            Platforms = [.. platforms.Select(platform => platform.Connection).OfType<PlatformConnection>()],
            Environments = environments,
            Roles = roles,
            Intake = intake,
            Retention = retention,
            Mirrors = mirrors,
            Pushes = pushes,
            GitLimits = gitLimits,
            DeployRefs = deployRefs,
            Telemetry = telemetry,
            SignIn = signIn,
            Exchange = exchange,
            Collectors = collectors,
            Secrets = secrets,
            SecretSources = sources,
            MasterKey = masterKey,
            AuditLog = audit,
            Provenance = provenance,
        };
    }

    private static (AuditLogSettings Log, IReadOnlyList<CollectorSettings> Collectors) ReadAudit(
        SettingReader top,
        StorageSettings? storage,
        ConnectionHost host
    )
    {
        var audit = top.Map("audit");
        if (audit is not null && !audit.Keys.Any())
            audit.Refuse("", "is empty", "write witnesses: [\"…\"], or remove it");
        var (log, collectors) = (
            AuditReader.Read(audit, storage is PostgresSettings),
            CollectorsReader.Read(audit, host)
        );
        audit?.RefuseOthers();
        return (log, collectors);
    }

    private static string? ReadPath(SettingReader settings, string key, ConnectionHost host) =>
        settings.Find(key) is null || settings.RequiredText(key, $"write {key}: a path, or remove it") is not { } path
            ? null
            : host.Resolve(path);

    private static IntakeSettings ReadIntake(SettingReader top)
    {
        var intake = top.Map("intake");
        var limit = intake?.Number("max_body_bytes", SmallestBody, LargestBody);
        intake?.RefuseOthers();
        return new IntakeSettings(limit ?? DefaultBody);
    }

    private static TelemetrySettings ReadTelemetry(SettingReader top)
    {
        const string Remedy = "write the collector's address, e.g. \"https://otel.example.com:4318\"";
        if (top.Map("telemetry") is not { } telemetry)
            return new TelemetrySettings(Otlp: null);
        var written = telemetry.RequiredText("otlp", Remedy);
        telemetry.RefuseOthers();
        if (written is null)
            return new TelemetrySettings(Otlp: null);
        var url = OutboundUrl.Read(written);
        if (url.Failed(out var problem))
            telemetry.Refuse("otlp", problem.Message, Remedy);
        return new TelemetrySettings(problem is null ? url.Value : null);
    }

    private ReadOnlyMemory<byte>? ReadBytes(string file, string shown)
    {
        try
        {
            using var stream = File.OpenRead(file);
            // One byte more than allowed tells a file that is too large.
            var buffer = new byte[Math.Min(stream.Length, YamlLimits.Server.MaxBytes) + 1];
            return buffer.AsMemory(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _problems.Add(
                new SettingProblem(
                    new SettingLocation(shown, 1, 1),
                    "the file",
                    problem is FileNotFoundException or DirectoryNotFoundException ? "is not there" : "cannot be read",
                    "write one with `bascule init`, or name yours with --config"
                )
            );
            return null;
        }
    }
}
