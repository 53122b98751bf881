using Bascule.Core.Identity;

namespace Bascule.Core.People;

/// <summary>Names people in the settings: <c>group:ml-leads</c>, or one person by issuer and subject, <c>person:ISSUER#SUBJECT</c>. Compared exactly.</summary>
public sealed record Selector
{
    private const string GroupPrefix = "group:";
    private const string PersonPrefix = "person:";

    private Selector(string text) => Text = text;

    public string Text { get; }

    /// <summary>Invalid says how they are written.</summary>
    public static Result<Selector> Parse(string text) =>
        IsGroup(text) || IsPerson(text)
            ? new Selector(text)
            : Problem.Invalid($"'{text}' names nobody; write group:NAME, or person:ISSUER#SUBJECT");

    /// <summary>One person.</summary>
    public static Selector Of(Subject subject) => new($"{PersonPrefix}{subject.Issuer}#{subject.Id}");

    /// <summary>The local operator and workloads are in no group and are no person.</summary>
    public bool Matches(Actor actor) =>
        actor.Subject is { } subject
        && (
            IsGroup(Text)
                ? actor.Groups.Contains(Text[GroupPrefix.Length..], StringComparer.Ordinal)
                : Text == $"{PersonPrefix}{subject.Issuer}#{subject.Id}"
        );

    public override string ToString() => Text;

    private static bool IsGroup(string text) =>
        text.StartsWith(GroupPrefix, StringComparison.Ordinal) && text.Length > GroupPrefix.Length;

    private static bool IsPerson(string text) =>
        text.StartsWith(PersonPrefix, StringComparison.Ordinal)
        && text.IndexOf('#', StringComparison.Ordinal) is var hash
        && hash > PersonPrefix.Length
        && hash < text.Length - 1;
}
