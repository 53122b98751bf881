using System.Text.RegularExpressions;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.ResourceManager;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>One workspace of Azure Machine Learning, and who Bascule is there.</summary>
internal sealed partial record AzureMlOptions
{
    /// <summary>The connection's name in the settings.</summary>
    public required string Name { get; init; }

    public required ArmOptions Azure { get; init; }

    public required ArmPlace Place { get; init; }

    public required string Workspace { get; init; }

    /// <summary>Hosts beside <see cref="AzureMlDefaults.Hosts"/> that code and tracking may be at, in full.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Another one than <see cref="AzureMlDefaults.Studio"/> in sovereign clouds.</summary>
    public Uri Studio { get; init; } = AzureMlDefaults.Studio;

    public string Subject => Azure.Subject;

    /// <summary>The workspace's own id, which is its path too.</summary>
    public string WorkspaceId => $"{Place.Path}/providers/Microsoft.MachineLearningServices/workspaces/{Workspace}";

    public string ComputeId(string name) => $"{WorkspaceId}/computes/{name}";

    /// <summary>Null when something is wrong; everything that is wrong is in the reader.</summary>
    public static AzureMlOptions? Read(string name, SettingReader settings, ConnectionHost host)
    {
        var azure = ArmOptions.Read($"platform '{name}'", settings, host);
        var place = ArmPlace.Read(settings);
        var workspace = ArmPlace.Name(settings, "workspace", "the workspace's name", WorkspaceName().IsMatch);
        var hosts = settings.Texts("hosts");
        foreach (var odd in hosts.Where(odd => Uri.CheckHostName(odd) == UriHostNameType.Unknown))
            settings.Refuse("hosts", $"'{odd}' is no name of a host", "write names alone, without https:// and port");
        var studio = settings.Find("studio") is null
            ? AzureMlDefaults.Studio
            : settings.RequiredUrl("studio", AzureMlDefaults.Studio.OriginalString);
        if (settings.HasProblems || azure is null || place is null || workspace is null || studio is null)
            return null;
        return new AzureMlOptions
        {
            Name = name,
            Azure = azure,
            Place = place,
            Workspace = workspace,
            Hosts = hosts,
            Studio = studio,
        };
    }

    /// <summary>As the description of the service has it, without a full stop at its start.</summary>
    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WorkspaceName();
}
