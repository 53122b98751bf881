using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
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
        var (client, audience) = ReadLogin(settings);
        if (settings.HasProblems || url is null || client is null)
            return null;
        return new DatabricksOptions
        {
            Name = name,
            Url = url,
            CaFile = ca,
            Client = client,
            Audience = audience ?? url.AbsoluteUri.TrimEnd('/'),
            Folder = folder,
        };
    }

    private static (string? Client, string? Audience) ReadLogin(SettingReader settings)
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
        var client = federation?.RequiredText("client", "write the service principal's application id");
        if (client is not null && !ApplicationId().IsMatch(client))
            federation!.Refuse("client", "is not an application id", "copy the UUID that Databricks shows for it");
        var audience = federation?.Text("audience");
        if (audience is "")
            federation!.Refuse("audience", "is empty", "remove it, or write what the federation policy expects");
        federation?.RefuseOthers();
        return (client, audience);
    }

    [GeneratedRegex(@"\A[0-9A-Za-z-]{1,64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ApplicationId();
}
