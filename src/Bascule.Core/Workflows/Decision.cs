namespace Bascule.Core.Workflows;

/// <summary>Allow or deny, by which rule, and why.</summary>
/// <param name="Rule">The key in the server's settings that decided, e.g. <c>environments.ml-prod.branches</c>.</param>
/// <param name="Reason">One sentence for people; a refusal says what to do about it.</param>
public sealed record Decision(bool IsAllowed, string Rule, string Reason)
{
    public static Decision Allow(string rule, string reason) => new(true, rule, reason);

    public static Decision Deny(string rule, string reason) => new(false, rule, reason);
}
