using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Dapper;

namespace Bascule.Storage.Stores;

/// <summary>What somebody may see, as SQL. Lists as parameters mean something else in each database: names become a parameter each, ids are written as the numbers they are.</summary>
internal static class ReachSql
{
    private const string Nothing = "1 = 0";

    public static string Runs(IReadOnlyList<RunReach> reaches, DynamicParameters parameters) =>
        Any(reaches.Select(reach => Run(reach, parameters)));

    public static string Repositories(IReadOnlyList<RepositoryKey> keys, DynamicParameters parameters) =>
        Any(
            keys.GroupBy(key => key.ForgeUid, StringComparer.Ordinal)
                .Select(forge =>
                    $"(forge_uid = {Add(forge.Key, parameters)} AND repository_id IN ({string.Join(", ", forge.Select(Number))}))"
                )
        );

    private static string Run(RunReach reach, DynamicParameters parameters)
    {
        List<string> parts = [];
        if (reach.Repositories is { } repositories)
            parts.Add(Repositories(repositories, parameters));
        if (reach.Environments is { Count: > 0 } environments)
            parts.Add($"environment IN ({string.Join(", ", environments.Select(name => Add(name, parameters)))})");
        else if (reach.Environments is not null)
            parts.Add(Nothing);
        return parts.Count == 0 ? "1 = 1" : $"({string.Join(" AND ", parts)})";
    }

    private static string Any(IEnumerable<string> conditions) =>
        string.Join(" OR ", conditions) is { Length: > 0 } any ? $"({any})" : Nothing;

    private static string Number(RepositoryKey key) => key.Id.ToString(CultureInfo.InvariantCulture);

    private static string Add(string text, DynamicParameters parameters)
    {
        var name = $"reach{parameters.ParameterNames.Count()}";
        parameters.Add(name, text);
        return "@" + name;
    }
}
