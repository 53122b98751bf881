using Bascule.Core.Platforms;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads an environment's <c>train_once</c>: where pull requests train what its merges promote instead of training it again.</summary>
internal static class TrainOnceReader
{
    private const string Key = "train_once";
    private const string Remedy =
        "name the environments in which pull requests train, e.g. train_once: [ml-dev], or remove it";

    public static IReadOnlyList<string> Read(SettingReader settings, bool promotes)
    {
        if (settings.Find(Key) is null)
            return [];
        var names = settings.Texts(Key);
        if (names.Count == 0)
            settings.Refuse(Key, "names nothing", Remedy);
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
            settings.Refuse(Key, "names one twice", Remedy);
        if (!promotes)
            settings.Refuse(
                Key,
                "needs promotes, since what is not trained again is promoted",
                "add promotes, e.g. promotes: [production], or remove it"
            );
        if (settings.Find("branches") is null)
            settings.Refuse(
                Key,
                "has no branch whose merges could promote anything",
                "list branches, e.g. [main], or remove it"
            );
        return names;
    }

    /// <summary>Once all environments are known: a version has to be of the same model in both, since nothing copies it.</summary>
    public static void Check(
        SettingReader settings,
        EnvironmentSettings environment,
        IReadOnlyList<EnvironmentSettings> all
    )
    {
        foreach (var name in environment.Rule.TrainOnce)
            if (FindFault(environment, name, all) is { } fault)
                settings.Refuse(Key, fault, Remedy);
    }

    private static string? FindFault(
        EnvironmentSettings environment,
        string name,
        IReadOnlyList<EnvironmentSettings> all
    )
    {
        if (all.FirstOrDefault(one => one.Name == name) is not { } source)
            return $"names '{name}', which is not below environments";
        if (!source.Rule.PullRequests)
            return $"names '{name}', in which no pull request trains";
        return
            source.Platform == environment.Platform
            && environment.Platform.Platform is IPromotesModels role
            && role.SharesModels(source.Brings, environment.Brings)
            ? null
            : $"names '{name}', whose models have other names than those of this environment, and nothing copies a version";
    }
}
