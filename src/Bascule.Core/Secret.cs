using System.Text.Json.Serialization;

namespace Bascule.Core;

/// <summary>A value that must never be printed: logs, errors and serialisers see asterisks.</summary>
public sealed class Secret(string value)
{
    private readonly string _value = value;

    [JsonIgnore]
    public bool IsEmpty => _value.Length == 0;

    /// <summary>The value itself, for the one place that puts it on the wire.</summary>
    public string Reveal() => _value;

    public override string ToString() => "***";
}
