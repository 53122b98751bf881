using System.Text.Json;

namespace Bascule.Connectors.Tests.Forges;

/// <summary>Which forms of Basic credential a real forge took from git.</summary>
internal static class RecordedGitAccess
{
    public static bool Accepts(string forge, string form)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Forges", forge, "Recorded", "api", "git_http.json");
        using var recorded = JsonDocument.Parse(File.ReadAllBytes(file));
        return recorded
                .RootElement.EnumerateArray()
                .Single(entry => entry.GetProperty("case").GetString() == form)
                .GetProperty("status")
                .GetInt32() == 200;
    }
}
