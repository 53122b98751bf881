using Bascule.Core.Forges;

namespace Bascule.Storage;

/// <summary>Columns that may be null, as Core's types.</summary>
internal static class Stored
{
    public static ForgeAccount? Account(long? id, string? login) =>
        id is { } known ? new ForgeAccount(known, login ?? "") : null;

    public static CommitId? Commit(string? hex) => hex is null ? null : CommitId.Parse(hex);

    public static Uri? Address(string? text) => text is null ? null : new Uri(text, UriKind.RelativeOrAbsolute);

    /// <summary>No line has a line break in it. Empty for none.</summary>
    public static string Lines(IReadOnlyList<string> lines) => string.Join('\n', lines);

    public static IReadOnlyList<string>? Lines(string? text) =>
        text is null ? null
        : text.Length == 0 ? []
        : text.Split('\n');
}
