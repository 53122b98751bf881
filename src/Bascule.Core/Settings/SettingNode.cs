namespace Bascule.Core.Settings;

/// <summary>Where a setting stands, for messages.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public sealed record SettingLocation(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>One node of a settings file, whatever its syntax: a scalar, a list or a map.</summary>
public abstract record SettingNode(SettingLocation Location);

/// <param name="Text">The scalar as written, after unquoting.</param>
/// <param name="Quoted">A quoted scalar is a string, never a number or boolean.</param>
public sealed record SettingScalar(SettingLocation Location, string Text, bool Quoted) : SettingNode(Location)
{
    /// <summary>Nothing was written, or YAML's words for nothing.</summary>
    public bool IsNull => !Quoted && Text is ("" or "~" or "null" or "Null" or "NULL");
}

public sealed record SettingList(SettingLocation Location, IReadOnlyList<SettingNode> Items) : SettingNode(Location);

/// <param name="Entries">In file order; keys are unique.</param>
public sealed record SettingMap(SettingLocation Location, IReadOnlyList<SettingEntry> Entries) : SettingNode(Location);

public sealed record SettingEntry(string Key, SettingLocation KeyLocation, SettingNode Value);

/// <summary>Something wrong in a settings file: where, what, and what to do.</summary>
/// <param name="Key">The path to the setting, e.g. <c>environments.ml-prod.branches</c>.</param>
public sealed record SettingProblem(SettingLocation Location, string Key, string Message, string Remedy)
{
    public override string ToString() => $"{Location}: {Key}: {Message}; {Remedy}";
}
