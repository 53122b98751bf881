using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>What a commit wants a service to hold.</summary>
public sealed record ApimSource
{
    /// <summary>Each address once, by path.</summary>
    public required IReadOnlyList<ApimResource> Resources { get; init; }

    /// <summary>What is wrong with the files as files; sorted. While there is an error, something is missing from <see cref="Resources"/>.</summary>
    public required IReadOnlyList<ApimFinding> Findings { get; init; }

    /// <summary>Files below the folder that belong to a resource.</summary>
    public int Files { get; init; }

    /// <summary>The file of overrides that was applied, in the repository; null for none.</summary>
    public string? Overrides { get; init; }

    /// <summary>
    /// <c>apimServiceName</c> of the overrides; null where they name none. Nothing is sent there because of it: the server's settings say which service an environment has.
    /// </summary>
    public string? ServiceName { get; init; }

    /// <summary>Every file that was read, by its path in the repository: for lines of findings and for texts that are looked through.</summary>
    internal IReadOnlyDictionary<string, string> Texts { get; init; } = new Dictionary<string, string>();

    /// <summary>The first line of a file that holds the text; 1 where none does.</summary>
    internal int LineOf(string file, string text)
    {
        if (!Texts.TryGetValue(file, out var all))
            return 1;
        var at = all.IndexOf(text, StringComparison.Ordinal);
        return at < 0 ? 1 : 1 + all.AsSpan(0, at).Count('\n');
    }
}
