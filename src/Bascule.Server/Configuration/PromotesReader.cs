using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads an environment's <c>promotes</c>: the aliases or stages of models that may be moved there. Without it nothing is promoted.</summary>
internal static class PromotesReader
{
    private const string Key = "promotes";
    private const string Remedy = "write the names of aliases or stages, e.g. promotes: [production], or remove it";

    public static IReadOnlyList<string> Read(SettingReader settings, IPlatform platform)
    {
        if (settings.Find(Key) is null)
            return [];
        var names = settings.Texts(Key);
        if (platform is not IPromotesModels role)
        {
            settings.Refuse(Key, $"is nothing that a platform of kind {platform.Kind} can do", "remove it");
            return [];
        }
        if (names.Count == 0)
            settings.Refuse(Key, "names nothing", Remedy);
        foreach (var name in names)
            if (role.FaultOf(name) is { } fault)
                settings.Refuse(Key, $"'{name}' {fault}", Remedy);
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
            settings.Refuse(Key, "names one twice", Remedy);
        return names;
    }
}
