using Bascule.Core.Forges;
using Bascule.Core.Reconcile;
using Bascule.Core.Settings;
using Bascule.Server.Connections;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>forges</c> and opens a connection to each.</summary>
internal static class ForgesReader
{
    private const int MaxRate = 1000;
    private const int SecondsOfADay = 24 * 60 * 60;
    private const int HoursOfAWeek = 7 * 24;
    private const string Rotate = "rotate_secrets";
    private static readonly TimeSpan UsualRotation = TimeSpan.FromDays(90);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromHours(24);

    /// <summary>The names are those that were written, whether or not their connection could be opened.</summary>
    public static (IReadOnlyList<ForgeConnection> Connections, IReadOnlyList<string> Names) Read(
        SettingReader top,
        IReadOnlyList<IForgeConnector> connectors,
        ConnectionHost host
    )
    {
        if (top.RequiredMap("forges", "name at least one Git server below it") is not { } forges)
            return ([], []);
        List<ForgeConnection> connections = [];
        List<string> names = [];
        foreach (var (name, settings) in forges.NamedMaps())
        {
            names.Add(name);
            if (ReadOne(name, settings, connectors, host) is not { } connection)
                continue;
            if (connections.Find(other => Same(other.Forge.Url, connection.Forge.Url)) is { } twin)
                settings.Refuse("url", $"is the one of forge '{twin.Name}' too", "keep one connection to a server");
            connections.Add(connection);
        }
        return (connections, names);
    }

    private static ForgeConnection? ReadOne(
        string name,
        SettingReader settings,
        IReadOnlyList<IForgeConnector> connectors,
        ConnectionHost host
    )
    {
        var kind = settings.RequiredKind(connectors.Select(connector => connector.Kind));
        var repositories = settings.RequiredGlobs("repositories", "list what Bascule looks at, e.g. [\"ml/*\"]");
        foreach (var glob in repositories.Where(glob => !CanBeRepository(glob)))
            settings.Refuse("repositories", $"holds '{glob}', which no repository matches", "write owner/name, or **");
        var reconcile = ReadReconcile(settings);
        var rotate = ReadRotation(settings);
        var credential = ReadCredential(settings);
        var ssh = ReadSsh(settings);
        if (kind is null)
            return null;
        var forge = connectors.First(connector => connector.Kind == kind).Open(name, settings, host);
        settings.RefuseOthers();
        return forge is null
            ? null
            : new ForgeConnection(name, forge, repositories)
            {
                Reconcile = reconcile,
                RotateSecrets = rotate,
                Credential = credential,
                Ssh = ssh,
            };
    }

    private static ReconcileSettings ReadReconcile(SettingReader settings)
    {
        var usual = new ReconcileSettings();
        if (settings.Map("reconcile") is not { } reconcile)
            return usual;
        var rate = reconcile.Number("requests_per_second", 1, MaxRate);
        var every = reconcile.Number("every_seconds", 1, SecondsOfADay);
        var sweep = reconcile.Number("sweep_hours", 1, HoursOfAWeek);
        reconcile.RefuseOthers();
        return new ReconcileSettings
        {
            RequestsPerSecond = (int)(rate ?? usual.RequestsPerSecond),
            Every = every is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.Every,
            SweepWithin = sweep is { } hours ? TimeSpan.FromHours(hours) : usual.SweepWithin,
        };
    }

    /// <summary>Null for never.</summary>
    private static TimeSpan? ReadRotation(SettingReader settings) =>
        settings.Find(Rotate) is not null && settings.Text(Rotate) == "never"
            ? null
            : KeepingReader.ReadDays(settings, Rotate, UsualRotation);

    /// <summary>Without <c>rotate_every</c> it is replaced only when somebody asks for it.</summary>
    private static CredentialSettings ReadCredential(SettingReader settings)
    {
        var usual = CredentialSettings.Default;
        if (settings.Map("credential") is not { } credential)
            return usual;
        var every = credential.Find("rotate_every") is null
            ? (TimeSpan?)null
            : KeepingReader.ReadDays(credential, "rotate_every", UsualRotation);
        var overlap = ApprovalsReader.ReadTime(
            credential,
            "overlap",
            usual.Overlap,
            LongestOverlap,
            "write minutes or hours from 1m to 24h, e.g. 10m"
        );
        credential.RefuseOthers();
        return new CredentialSettings(every, overlap);
    }

    private static SshAddress? ReadSsh(SettingReader settings)
    {
        const string Key = "ssh";
        if (settings.Find(Key) is null || settings.Text(Key) is not { } text)
            return null;
        var read = SshAddress.Read(text);
        if (read is null)
            settings.Refuse(Key, $"'{text}' is no address of SSH", "write user@host or user@host:port");
        return read;
    }

    /// <summary>Repositories are owner/name on every forge that we know.</summary>
    public static bool CanBeRepository(Glob glob)
    {
        var parts = glob.ToString().Split('/');
        return parts.Contains("**") ? parts.Count(part => part != "**") <= 2 : parts.Length == 2;
    }

    private static bool Same(Uri one, Uri other) =>
        string.Equals(Written(one), Written(other), StringComparison.OrdinalIgnoreCase);

    private static string Written(Uri url) => url.GetLeftPart(UriPartial.Path).TrimEnd('/');
}
