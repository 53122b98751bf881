using Bascule.Core.Settings;
using Bascule.Core.Workflows;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>repositories</c> where it names forge and repository: <c>["git:ml/*"]</c>.</summary>
internal static class RepositoriesReader
{
    private const string Key = "repositories";
    private const string Remedy = "list forge and repository, e.g. [\"git:ml/*\"]";

    /// <param name="forges">The names that may stand before the colon.</param>
    public static IReadOnlyList<RepositoryPattern> Read(SettingReader settings, IReadOnlyList<string> forges)
    {
        List<RepositoryPattern> patterns = [];
        foreach (var text in settings.RequiredTexts(Key, Remedy))
        {
            if (!RepositoryPattern.TryParse(text, out var pattern, out var fault))
                settings.Refuse(Key, $"holds '{text}', which {fault}", Remedy);
            else if (!forges.Contains(pattern.Forge))
                settings.Refuse(Key, $"names forge '{pattern.Forge}', which is not below forges", Known(forges));
            else if (!ForgesReader.CanBeRepository(pattern.Names))
                settings.Refuse(Key, $"holds '{text}', which no repository matches", Remedy);
            else
                patterns.Add(pattern);
        }
        return patterns;
    }

    private static string Known(IReadOnlyList<string> names) =>
        names.Count > 0 ? $"use one of: {string.Join(", ", names)}" : "add it there";
}
