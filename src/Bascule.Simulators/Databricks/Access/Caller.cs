namespace Bascule.Simulators.Databricks.Access;

/// <summary>Whom an access token stands for; <paramref name="Job"/> when it was given to a running task.</summary>
internal sealed record Caller(string UserName, bool IsAdmin, JobScope? Job = null);

internal sealed record JobScope(long JobId, long JobRunId, long TaskRunId);
