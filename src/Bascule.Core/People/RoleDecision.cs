namespace Bascule.Core.People;

/// <summary>Allow or deny: by which rule, for which claims, and why.</summary>
/// <param name="Rule">The key in the server's settings that decided: <c>roles[2]</c>; <c>roles</c> when none did; <c>local token</c>.</param>
/// <param name="Reason">One sentence for people.</param>
public sealed record RoleDecision(bool IsAllowed, Act Act, string Rule, string Reason)
{
    /// <summary>Which of the actor's claims the rule named.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>Of a refusal: each rule that would have allowed it to those it names.</summary>
    public IReadOnlyList<string> WouldAllow { get; init; } = [];
}
