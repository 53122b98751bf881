using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Deliveries;
using Bascule.Core.Work;

namespace Bascule.Server.Telemetry;

/// <summary>
/// The parts of a trace. Nothing about traces is stored: whoever knows what a step belongs to knows its trace, on any replica and after any restart.
/// Spans carry ids and words of ours; no payload, no token, no name of a person.
/// </summary>
internal static class Spans
{
    public const string SourceName = "Bascule";

    /// <summary>One for the process, as listeners find it by name; it does nothing while nobody listens.</summary>
    private static readonly ActivitySource Source = new(SourceName);

    public static bool AreWanted => Source.HasListeners();

    /// <summary>The first 16 bytes of the SHA-256 of a delivery's uid, or of a run's id where no delivery led to it.</summary>
    public static ActivityTraceId TraceOf(string origin) =>
        ActivityTraceId.CreateFromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(origin)).AsSpan(0, 16));

    public static Activity? Intake(Delivery delivery) =>
        Start("intake", ActivityKind.Server, delivery.Uid)
            ?.SetTag("bascule.delivery", delivery.Uid)
            .SetTag("bascule.repository", delivery.Repository.ToString());

    /// <param name="origin">What the trace is named by; null for a trace of its own.</param>
    public static Activity? Work(WorkItem item, string? origin) =>
        Start(item.Kind, ActivityKind.Consumer, origin)
            ?.SetTag("bascule.kind", item.Kind)
            .SetTag("bascule.attempt", item.Attempt);

    /// <summary>Below the step that is running.</summary>
    public static Activity? Call(string operation, IReadOnlyDictionary<string, string> links)
    {
        var span = Source.StartActivity(operation, ActivityKind.Client);
        foreach (var (name, value) in links)
            span?.SetTag($"bascule.{name}", value);
        return span;
    }

    /// <param name="problem">Null when it worked. Its message stays here: it may name what others wrote.</param>
    public static void End(this Activity span, Problem? problem)
    {
        if (problem is not null)
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", BasculeMetrics.Word(problem.Code));
    }

    /// <summary>Without a parent: each step is a root of the trace, since the step before may have run in another process.</summary>
    private static Activity? Start(string name, ActivityKind kind, string? origin)
    {
        var parent = origin is null
            ? default
            : new ActivityContext(TraceOf(origin), default, ActivityTraceFlags.Recorded);
        // Otherwise whatever request happens to be above would become its parent, and that one is not sent.
        Activity.Current = null;
        return Source.StartActivity(name, kind, parent);
    }
}
