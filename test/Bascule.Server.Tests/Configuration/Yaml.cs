using System.Text;
using System.Text.Json;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;

namespace Bascule.Server.Tests.Configuration;

/// <summary>Takes settings apart and puts them together again with one thing changed.</summary>
internal static class Yaml
{
    public static SettingMap Read(string yaml)
    {
        List<SettingProblem> problems = [];
        var map = YamlReader.Read(Encoding.UTF8.GetBytes(yaml), "f.yaml", YamlLimits.Server, problems);
        problems.ShouldBeEmpty();
        return map!;
    }

    /// <summary>The path of every key, e.g. forges / git / url.</summary>
    public static IEnumerable<string[]> Keys(SettingMap map) =>
        map.Entries.SelectMany(entry =>
            (string[][])
                [
                    [entry.Key],
                    .. entry.Value is SettingMap inner
                        ? Keys(inner).Select(rest => (string[])[entry.Key, .. rest])
                        : [],
                ]
        );

    /// <summary>The settings with one key's value replaced by a piece of YAML, or with the key left out.</summary>
    public static string With(SettingMap map, string[] key, string? value) =>
        "{"
        + string.Join(
            ", ",
            map.Entries.Where(entry => entry.Key != key[0] || key.Length > 1 || value is not null)
                .Select(entry =>
                    $"{JsonSerializer.Serialize(entry.Key)}: "
                    + (
                        entry.Key != key[0] ? Write(entry.Value)
                        : key.Length > 1 ? With((SettingMap)entry.Value, key[1..], value)
                        : value
                    )
                )
        )
        + "}";

    private static string Write(SettingNode node) =>
        node switch
        {
            SettingMap map => "{"
                + string.Join(
                    ", ",
                    map.Entries.Select(entry => $"{JsonSerializer.Serialize(entry.Key)}: {Write(entry.Value)}")
                )
                + "}",
            SettingList list => "[" + string.Join(", ", list.Items.Select(Write)) + "]",
            SettingScalar { Quoted: true } scalar => JsonSerializer.Serialize(scalar.Text),
            SettingScalar scalar => scalar.Text,
            _ => throw new InvalidOperationException(),
        };
}
