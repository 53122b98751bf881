using System.Text.Json.Serialization;

namespace Bascule.Core;

/// <summary>A value that must never be printed: logs, errors and serialisers see asterisks.</summary>
public sealed class Secret
{
    private readonly Func<string> _read;

    public Secret(string value) => _read = () => value;

    private Secret(Func<string> read) => _read = read;

    [JsonIgnore]
    public bool IsEmpty => _read().Length == 0;

    /// <summary>A secret that may be another one tomorrow, so whoever uses it reveals it anew each time.</summary>
    public static Secret Changing(Func<string> read) => new(read);

    /// <summary>The value itself, for the one place that puts it on the wire.</summary>
    public string Reveal() => _read();

    /// <summary>Made of this one, and changing with it: a header of a token.</summary>
    public Secret Map(Func<string, string> made) => new(() => made(_read()));

    public override string ToString() => "***";
}
