using System.Globalization;

namespace Bascule.Core.Settings;

/// <summary>
/// Reads one map of settings by name and gathers every problem instead of stopping at the first.
/// Call <see cref="RefuseOthers"/> last: a key that nobody asked for is an error, never ignored.
/// </summary>
public sealed class SettingReader
{
    private readonly SettingMap _map;
    private readonly ICollection<SettingProblem> _problems;
    private readonly HashSet<string> _known = [];
    private readonly HashSet<string> _later = [];

    public SettingReader(SettingMap map, string path, ICollection<SettingProblem> problems)
    {
        _map = map;
        Path = path;
        _problems = problems;
    }

    /// <summary>The path of this map, empty for the file itself.</summary>
    public string Path { get; }

    public SettingLocation Location => _map.Location;

    /// <summary>The map itself, as it was written.</summary>
    public SettingMap Source => _map;

    /// <summary>Whether anything at or below this map is wrong, as far as it has been read.</summary>
    public bool HasProblems => _problems.Any(IsBelow);

    public IEnumerable<string> Keys => _map.Entries.Select(entry => entry.Key);

    public SettingNode? Find(string key)
    {
        _known.Add(key);
        return _map.Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
    }

    /// <summary>A text as it was written, whatever YAML would make of it: <c>no</c>, <c>1.10</c> and <c>010</c> stay what they are.</summary>
    public string? Text(string key) => Find(key) is { } node ? AsText(node, key) : null;

    public string? RequiredText(string key, string remedy)
    {
        switch (Find(key))
        {
            case null:
            case SettingScalar { Text: "" }:
                Refuse(key, "is missing", remedy);
                return null;
            case var node:
                return AsText(node, key);
        }
    }

    public bool Flag(string key, bool fallback = false)
    {
        switch (Find(key))
        {
            case null:
                return fallback;
            case SettingScalar { Quoted: false, Text: "true" }:
                return true;
            case SettingScalar { Quoted: false, Text: "false" }:
                return false;
            default:
                Refuse(key, "is neither true nor false", "write true or false, without quotes");
                return fallback;
        }
    }

    public long? Number(string key, long min, long max)
    {
        if (Find(key) is not { } node)
            return null;
        if (
            node is SettingScalar { Quoted: false } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min
            && value <= max
            && value.ToString(CultureInfo.InvariantCulture) == scalar.Text
        )
            return value;
        Refuse(key, $"is not a whole number from {min} to {max}", "write one, without quotes");
        return null;
    }

    public IReadOnlyList<string> Texts(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case SettingList list:
                return [.. list.Items.Select(item => AsText(item, key)).OfType<string>()];
            default:
                Refuse(key, "is not a list", $"write {key}: [a, b]");
                return [];
        }
    }

    /// <summary>Patterns, each compiled; what is not a pattern is reported and left out.</summary>
    public IReadOnlyList<Glob> Globs(string key)
    {
        List<Glob> globs = [];
        foreach (var text in Texts(key))
        {
            if (Glob.TryParse(text, out var glob, out var fault))
                globs.Add(glob);
            else
                Refuse(key, $"holds the pattern '{text}', which {fault}", "use * within a part and ** for whole parts");
        }
        return globs;
    }

    /// <summary>A nested map, or null when absent or something else (which is then reported).</summary>
    public SettingReader? Map(string key)
    {
        switch (Find(key))
        {
            case null:
                return null;
            case SettingMap map:
                return new SettingReader(map, PathOf(key), _problems);
            default:
                Refuse(key, "is not a map", $"write settings below {key}:");
                return null;
        }
    }

    /// <summary>The entries of this map as nested maps, for maps whose keys are names that users choose.</summary>
    public IEnumerable<(string Name, SettingReader Settings)> Maps()
    {
        foreach (var entry in _map.Entries)
            if (Map(entry.Key) is { } settings)
                yield return (entry.Key, settings);
    }

    /// <summary>A list of maps, each under its place: <c>roles[0]</c>. What is no map is reported and left out.</summary>
    public IEnumerable<(int Index, SettingReader Settings)> Items(string key)
    {
        if (Find(key) is not { } node)
            yield break;
        if (node is not SettingList list)
        {
            Refuse(key, "is not a list", $"write one entry a line below {key}:, each beginning with a dash");
            yield break;
        }
        for (var index = 0; index < list.Items.Count; index++)
            if (list.Items[index] is SettingMap map)
                yield return (index, new SettingReader(map, PathOf($"{key}[{index}]"), _problems));
            else
                Refuse(list.Items[index].Location, $"{key}[{index}]", "is not a map", "write settings below it");
    }

    /// <summary>The path to a setting of this map, and where it stands.</summary>
    public (string Path, SettingLocation Location) PlaceOf(string key) => (PathOf(key), LocationOf(key));

    /// <param name="key">A key of this map, or empty for the map itself.</param>
    public void Refuse(string key, string message, string remedy) => Refuse(LocationOf(key), key, message, remedy);

    /// <summary>Refuses keys whose feature a later version brings; ignoring one would do less than was asked for.</summary>
    public void RefuseLater(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            _later.Add(key);
            if (Keys.Contains(key))
                Refuse(key, "is not available in this version", "remove it");
        }
    }

    /// <summary>Reports every key that was not asked for, naming those that may stand here.</summary>
    public void RefuseOthers()
    {
        var known = string.Join(", ", _known.Order(StringComparer.Ordinal));
        foreach (var key in Keys.Where(key => !_known.Contains(key) && !_later.Contains(key)))
            Refuse(key, "is not a known key", $"remove it, or use one of: {known}");
    }

    private string? AsText(SettingNode node, string key)
    {
        if (node is SettingScalar { IsNull: false } scalar)
            return scalar.Text;
        if (node is SettingScalar)
            Refuse(
                node.Location,
                key,
                "has no value",
                "write one, in quotes if it is meant as a text, or remove the key"
            );
        else
            Refuse(node.Location, key, "is not a text", "write one value");
        return null;
    }

    private void Refuse(SettingLocation location, string key, string message, string remedy) =>
        _problems.Add(new SettingProblem(location, PathOf(key), message, remedy));

    private bool IsBelow(SettingProblem problem) =>
        Path.Length == 0
        || problem.Key == Path
        || (problem.Key.StartsWith(Path, StringComparison.Ordinal) && problem.Key[Path.Length] == '.');

    private string PathOf(string key) =>
        key.Length == 0 ? Path
        : Path.Length == 0 ? key
        : $"{Path}.{key}";

    private SettingLocation LocationOf(string key) =>
        _map.Entries.FirstOrDefault(entry => entry.Key == key)?.KeyLocation ?? _map.Location;
}
