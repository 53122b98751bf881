using System.Text.Json.Serialization;

namespace Bascule.Core;

/// <summary>A value that must never be printed: logs, errors and serialisers see asterisks.</summary>
public sealed class Secret
{
    private readonly Func<string> _read;
    private readonly Action? _doubt;

    public Secret(string value) => _read = () => value;

    private Secret(Func<string> read, Action? doubt) => (_read, _doubt) = (read, doubt);

    [JsonIgnore]
    public bool IsEmpty => _read().Length == 0;

    /// <summary>A secret that may be another one tomorrow, so whoever uses it reveals it anew each time.</summary>
    /// <param name="doubt">Told when somebody refused it: there may be another one by now.</param>
    public static Secret Changing(Func<string> read, Action? doubt = null) => new(read, doubt);

    /// <summary>The value itself, for the one place that puts it on the wire.</summary>
    public string Reveal() => _read();

    /// <summary>Made of this one, and changing with it: a header of a token.</summary>
    public Secret Map(Func<string, string> made) => new(() => made(_read()), _doubt);

    /// <summary>A server did not take it. Never waits.</summary>
    public void Doubt() => _doubt?.Invoke();

    public override string ToString() => "***";
}
