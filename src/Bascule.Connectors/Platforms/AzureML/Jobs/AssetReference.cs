using System.Text.RegularExpressions;

namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>
/// A thing of the workspace, of a registry or of a datastore, as the CLI spells it: <c>azureml:NAME:VERSION</c>, <c>azureml:NAME@latest</c>,
/// <c>azureml://registries/…</c>, <c>azureml://datastores/…</c>.
/// </summary>
/// <param name="Text">As written.</param>
internal sealed partial record AssetReference(string Text)
{
    private const string Latest = "latest";

    /// <summary>Of an asset of the workspace; null for an address.</summary>
    public string? Name { get; private init; }

    /// <summary>Null for the newest, whichever that is, and for an address.</summary>
    public string? Version { get; private init; }

    /// <summary>Which version is meant is known only by asking.</summary>
    public bool IsLatest => Name is not null && Version is null;

    /// <summary>It names no version of anything: what it holds may change.</summary>
    public bool IsPath => Text.StartsWith("azureml://datastores/", StringComparison.Ordinal);

    /// <summary>Null when it is none.</summary>
    public static AssetReference? Parse(string text)
    {
        if (Address().IsMatch(text))
            return new AssetReference(text);
        if (!text.StartsWith("azureml:", StringComparison.Ordinal))
            return null;
        var rest = text["azureml:".Length..];
        if (rest.Split('@') is [var named, Latest] && AssetName.IsName(named))
            return new AssetReference(text) { Name = named };
        return rest.Split(':') is [var name, var version] && AssetName.IsName(name) && AssetName.IsVersion(version)
            ? new AssetReference(text) { Name = name, Version = version }
            : null;
    }

    /// <summary>The same thing at a version that is known by now.</summary>
    public AssetReference At(string version) => this with { Version = version };

    /// <summary>
    /// What a job is told: an address as it is, an asset of the workspace by its resource id. That ids are taken for inputs is what Microsoft's own tools
    /// do; no description says it, and no live workspace confirmed it.
    /// </summary>
    /// <param name="collection">E.g. <c>data</c>.</param>
    public string AddressIn(string workspaceId, string collection) =>
        Name is null ? Text
        : Version is null ? Text
        : $"{workspaceId}/{collection}/{Name}/versions/{Version}";

    [GeneratedRegex(
        @"\Aazureml://(registries/[a-zA-Z0-9_-]{1,100}/(environments|data|models)/[a-zA-Z0-9_.-]{1,255}/versions/[a-zA-Z0-9_.-]{1,100}|datastores/[a-zA-Z0-9_]{1,255}/paths/[a-zA-Z0-9_.~/=+-]{1,1000}/?)\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Address();
}
