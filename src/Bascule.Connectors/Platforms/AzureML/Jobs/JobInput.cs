namespace Bascule.Connectors.Platforms.AzureML.Jobs;

/// <summary>What a job is given: a value, or something to mount or download.</summary>
internal sealed record JobInput
{
    /// <summary>The type of a value.</summary>
    public const string Literal = "literal";

    /// <summary>Null when it is something to mount or download.</summary>
    public string? Value { get; init; }

    /// <summary>Null for a value.</summary>
    public AssetReference? Asset { get; init; }

    /// <summary>As Azure calls it, e.g. <c>uri_folder</c>.</summary>
    public string Type { get; init; } = Literal;

    /// <summary>As Azure calls it; null for its own rule.</summary>
    public string? Mode { get; init; }

    /// <summary>Where assets of its type are in a workspace.</summary>
    public string Collection => Type.EndsWith("_model", StringComparison.Ordinal) ? "models" : "data";
}

/// <summary>What a job leaves behind.</summary>
/// <param name="Type">As Azure calls it, e.g. <c>uri_folder</c>.</param>
/// <param name="Mode">As Azure calls it; null for its own rule.</param>
/// <param name="Path">In a datastore; null for a place of Azure's choice.</param>
internal sealed record JobOutput(string Type, string? Mode, string? Path);
