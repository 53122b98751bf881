using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>One workspace, and who Bascule is there.</summary>
internal sealed partial record DatabricksOptions
{
    /// <summary>The connection's name in the settings.</summary>
    public required string Name { get; init; }

    /// <summary>The workspace's address, without a path.</summary>
    public required Uri Url { get; init; }

    /// <summary>PEM certificates to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The application id of the service principal that the federation policy belongs to.</summary>
    public required string Client { get; init; }

    /// <summary>The application id of the service principal that plans of bundles are made by, which may only read; null where there is no <see cref="Cli"/>.</summary>
    public string? Planner { get; init; }

    /// <summary>The absolute path of the Databricks CLI that an operator installed, for bundles; null where there are none.</summary>
    public string? Cli { get; init; }

    /// <summary>What the federation policy expects as audience. Default: the workspace's address, so that a token for one workspace is none for another.</summary>
    public required string Audience { get; init; }

    /// <summary>An absolute workspace folder that belongs to Bascule.</summary>
    public string Folder { get; init; } = DatabricksDefaults.Folder;

    /// <summary>The address without a trailing slash.</summary>
    public string Workspace => Url.AbsoluteUri.TrimEnd('/');

    public string Subject => $"platform '{Name}'";

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static DatabricksOptions? Read(string name, SettingReader settings, ConnectionHost host)
    {
        var url = settings.RequiredUrl("url", "https://adb-1234567890123456.7.azuredatabricks.net");
        if (url is not null && url.AbsolutePath != "/")
            settings.Refuse("url", "has a path", "write the workspace's address alone: https://<host>");
        var ca = settings.CaFile("ca", host);
        var folder = settings.Text("folder") ?? DatabricksDefaults.Folder;
        if (!WorkspacePath.IsAbsolute(folder) || !folder.StartsWith("/Workspace/", StringComparison.Ordinal))
            settings.Refuse(
                "folder",
                "is not an absolute workspace folder",
                $"write one like {DatabricksDefaults.Folder}"
            );
        var cli = ReadCli(settings);
        var (client, planner, audience) = ReadLogin(settings, settings.Keys.Contains("cli"));
        if (settings.HasProblems || url is null || client is null)
            return null;
        return new DatabricksOptions
        {
            Name = name,
            Url = url,
            CaFile = ca,
            Client = client,
            Planner = planner,
            Cli = cli,
            Audience = audience ?? url.AbsoluteUri.TrimEnd('/'),
            Folder = folder,
        };
    }

    private static string? ReadCli(SettingReader settings)
    {
        const string remedy = "write the path of the Databricks CLI, e.g. /usr/local/bin/databricks";
        if (settings.Find("cli") is null || settings.RequiredText("cli", remedy) is not { } path)
            return null;
        if (CliFile.FaultOf(path) is not { } fault)
            return path;
        settings.Refuse("cli", $"names '{path}', which {fault}", $"{remedy}, that its owner alone can change");
        return null;
    }

    /// <param name="plans">Whether somebody must be named who may make plans, and only read.</param>
    private static (string? Client, string? Planner, string? Audience) ReadLogin(SettingReader settings, bool plans)
    {
        const string remedy = "write login: { federation: { client: \"<application id of the service principal>\" } }";
        if (settings.Find("login") is null)
            settings.Refuse("login", "is missing", remedy);
        if (settings.Map("login") is not { } login)
            return default;
        if (login.Find("federation") is null)
            login.Refuse("federation", "is missing", remedy);
        var federation = login.Map("federation");
        login.RefuseOthers();
        if (federation is null)
            return default;
        var client = ReadId(federation, "client", "write the service principal's application id");
        var planner = ReadPlanner(federation, client, plans);
        var audience = federation.Text("audience");
        if (audience is "")
            federation.Refuse("audience", "is empty", "remove it, or write what the federation policy expects");
        federation.RefuseOthers();
        return (client, planner, audience);
    }

    private static string? ReadPlanner(SettingReader federation, string? client, bool plans)
    {
        const string remedy =
            "name the service principal that may only read: plans are made of commits that nobody has approved";
        if (federation.Find("planner") is null && !plans)
            return null;
        if (!plans)
            federation.Refuse("planner", "stands without cli", "add cli, or remove it");
        var planner = ReadId(federation, "planner", remedy);
        if (planner is not null && planner == client)
            federation.Refuse("planner", "is the principal that deploys", remedy);
        return planner;
    }

    private static string? ReadId(SettingReader federation, string key, string remedy)
    {
        var id = federation.RequiredText(key, remedy);
        if (id is not null && !ApplicationId().IsMatch(id))
            federation.Refuse(key, "is not an application id", "copy the UUID that Databricks shows for it");
        return id;
    }

    [GeneratedRegex(@"\A[0-9A-Za-z-]{1,64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ApplicationId();
}
