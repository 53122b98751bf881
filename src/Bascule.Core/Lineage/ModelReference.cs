using System.Diagnostics.CodeAnalysis;

namespace Bascule.Core.Lineage;

/// <summary>A version of a model as people write it: <c>main.churn.classifier@7</c>, or with the end of the name alone, <c>churn.classifier@7</c>.</summary>
/// <param name="Version">Null: any, so that they can be listed.</param>
public sealed record ModelReference(string Name, string? Version)
{
    private const int LongestName = 1000;
    private const int LongestVersion = 20;

    /// <summary>As MLflow and Bascule's JSON write it.</summary>
    private static readonly string[] Prefixes = ["models:/", "model:"];

    /// <summary>Takes MLflow's <c>models:/name/7</c> and <c>model:name/7</c> as well. A name without a version needs a prefix or a dot: else it might be anything.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ModelReference? model)
    {
        var prefix = Prefixes.FirstOrDefault(prefix => text.StartsWith(prefix, StringComparison.Ordinal));
        var rest = text[(prefix?.Length ?? 0)..];
        var cut =
            rest.LastIndexOf('@') is > 0 and var at ? at
            : prefix is not null ? rest.LastIndexOf('/')
            : -1;
        var (name, version) = cut > 0 ? (rest[..cut], rest[(cut + 1)..]) : (rest, null);
        var isModel =
            (version is not null || prefix is not null || name.Contains('.', StringComparison.Ordinal))
            && name.Length is > 0 and <= LongestName
            && version is null or { Length: > 0 and <= LongestVersion };
        model = isModel ? new ModelReference(name, version) : null;
        return model is not null;
    }

    public override string ToString() => Version is null ? Name : Of(Name, Version);

    /// <summary>The one spelling in which Bascule writes it.</summary>
    public static string Of(string name, string version) => $"{name}@{version}";
}
