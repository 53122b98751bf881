namespace Bascule.Simulators.Databricks;

/// <summary>A launch request that was accepted: by <c>runs/submit</c> or <c>run-now</c>; repeats under one token are listed too.</summary>
/// <param name="Body">The JSON as sent.</param>
/// <param name="Launched">False when the idempotency token answered with an earlier run.</param>
public sealed record SubmittedRun(
    long RunId,
    string Operation,
    string? IdempotencyToken,
    string Principal,
    string Body,
    bool Launched,
    DateTimeOffset ReceivedAt
);
