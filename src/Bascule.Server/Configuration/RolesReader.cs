using Bascule.Core.People;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>roles</c>: who may do what, and where. A rule that names nobody, or a place that is not there, is a mistake.</summary>
internal sealed class RolesReader(IReadOnlyList<string> forges, IReadOnlyList<string> environments)
{
    private static readonly Dictionary<string, Role> Roles = Enum.GetValues<Role>()
        .ToDictionary(role => role.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public IReadOnlyList<RoleRule> Read(SettingReader top) =>
        [.. top.Items("roles").Select(item => ReadOne(item.Index, item.Settings)).OfType<RoleRule>()];

    private RoleRule? ReadOne(int index, SettingReader settings)
    {
        var role = ReadRole(settings);
        var to = ReadSelectors(settings);
        var places = settings.Find("environments") is null ? null : ReadEnvironments(settings);
        var repositories = settings.Find("repositories") is null ? null : RepositoriesReader.Read(settings, forges);
        settings.RefuseOthers();
        return role is null || to.Count == 0
            ? null
            : new RoleRule(index, role.Value, to) { Environments = places, Repositories = repositories };
    }

    private static Role? ReadRole(SettingReader settings)
    {
        var remedy = $"use one of: {string.Join(", ", Roles.Keys)}";
        if (settings.RequiredText("role", remedy) is not { } text)
            return null;
        if (Roles.TryGetValue(text, out var role))
            return role;
        settings.Refuse("role", $"'{text}' is no role", remedy);
        return null;
    }

    private static List<Selector> ReadSelectors(SettingReader settings)
    {
        List<Selector> selectors = [];
        foreach (var text in settings.RequiredTexts("to", "list people, e.g. [\"group:ml-leads\"]"))
        {
            var selector = Selector.Parse(text);
            if (selector.Failed(out var problem))
                settings.Refuse("to", problem.Message, "list people, e.g. [\"group:ml-leads\"]");
            else
                selectors.Add(selector.Value);
        }
        return selectors;
    }

    /// <summary>By name from here on: what is decided on one run and what lists hold is then the same.</summary>
    private HashSet<string> ReadEnvironments(SettingReader settings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var glob in settings.RequiredGlobs("environments", "list at least one, or remove the key for all"))
        {
            var found = environments.Where(glob.IsMatch).ToList();
            names.UnionWith(found);
            if (found.Count == 0)
                settings.Refuse(
                    "environments",
                    $"holds '{glob}', which no environment matches",
                    environments.Count > 0
                        ? $"use one of: {string.Join(", ", environments)}"
                        : "add one below environments"
                );
        }
        return names;
    }
}
