using System.Globalization;

namespace Bascule.Core.Settings;

/// <summary>
/// Reads one map of settings by name and gathers every problem instead of stopping at the first.
/// Call <see cref="RefuseOthers"/> last: a key that nobody asked for is an error, never ignored.
/// </summary>
public sealed class SettingReader
{
    private readonly SettingMap _map;
    private readonly List<SettingProblem> _problems;
    private readonly List<string> _known = [];

    public SettingReader(SettingMap map, string path, ICollection<SettingProblem> problems)
        : this(map, path, (List<SettingProblem>)problems) { }

    private SettingReader(SettingMap map, string path, List<SettingProblem> problems)
    {
        _map = map;
        Path = path;
        _problems = problems;
    }

    /// <summary>The path of this map, empty for the file itself.</summary>
    public string Path { get; }

    public SettingLocation Location => _map.Location;

    public bool HasProblems => _problems.Count > 0;

    public IEnumerable<string> Keys => _map.Entries.Select(entry => entry.Key);

    public SettingNode? Find(string key)
    {
        _known.Add(key);
        return _map.Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
    }

    public string? Text(string key) => Find(key) is { } node ? AsText(node, key) : null;

    public string? RequiredText(string key, string remedy)
    {
        var text = Text(key);
        if (Find(key) is null || text is "")
            Refuse(key, "is missing", remedy);
        return string.IsNullOrEmpty(text) ? null : text;
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

    public void Refuse(string key, string message, string remedy) =>
        _problems.Add(new SettingProblem(LocationOf(key), PathOf(key), message, remedy));

    /// <summary>Reports every key that was not asked for, naming those that may stand here.</summary>
    public void RefuseOthers()
    {
        var known = _known.Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var entry in _map.Entries.Where(entry => !known.Contains(entry.Key)))
            Refuse(entry.Key, "is not a known key", $"remove it, or use one of: {string.Join(", ", known)}");
    }

    private string? AsText(SettingNode node, string key)
    {
        if (node is SettingScalar scalar)
            return scalar.Text;
        Refuse(key, "is not a text", "write one value");
        return null;
    }

    private string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private SettingLocation LocationOf(string key) =>
        _map.Entries.FirstOrDefault(entry => entry.Key == key)?.KeyLocation ?? _map.Location;
}
