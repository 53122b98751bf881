namespace Bascule.Core.Api;

/// <summary>What runs at the other end.</summary>
/// <param name="Held">Why it acts on nothing; null when it acts.</param>
public sealed record ServerStatus(string Version, DateTimeOffset StartedAt, long UptimeSeconds, string? Held = null);

/// <summary>A refusal on the wire (RFC 9457). <see cref="Code"/> is ours, the rest is the standard's.</summary>
/// <param name="Type">Always <c>about:blank</c>: the title says no more than the status.</param>
/// <param name="Detail">What is wrong, and what to do about it.</param>
/// <param name="RetryAfterSeconds">Null unless waiting is known to help.</param>
public sealed record ProblemDocument(
    string Type,
    string Title,
    int Status,
    string Detail,
    ProblemCode Code,
    double? RetryAfterSeconds
);
