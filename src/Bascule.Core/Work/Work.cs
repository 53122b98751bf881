namespace Bascule.Core.Work;

/// <summary>One row of the inbox: an event, a step, a poll, a report. Rows of one lane are handled strictly one after the other, in the order they were added.</summary>
/// <param name="Kind">Which handler takes it.</param>
/// <param name="Subject">What it is about, as its handler reads it: a delivery's uid, a run's id.</param>
/// <param name="Attempt">How often it has been tried before.</param>
public sealed record WorkItem(long Id, string Lane, string Kind, string Subject, int Attempt, DateTimeOffset DueAt)
{
    /// <summary>Raised whenever the same is asked for again while the row waits: a row asked for again after it was read is not done.</summary>
    public long Revision { get; init; }

    /// <summary>How often a process has died with it in its hands, as far as can be told.</summary>
    public int Crashes { get; init; }

    /// <summary>Whom it is for: see <see cref="NewWork.Share"/>.</summary>
    public string Share { get; init; } = "";
}

/// <summary>A row to add.</summary>
/// <param name="Once">
/// When true and the lane already has a row of the same kind and subject, no second one is added and the earlier due time holds. If that row is being
/// handled just now, it is handled once more.
/// </param>
public sealed record NewWork(string Lane, string Kind, string Subject, DateTimeOffset DueAt, bool Once = false)
{
    /// <summary>
    /// Whom it is for, a repository as a rule: rows of one share take at most a quarter of a node's places, so that a noisy repository starves nobody
    /// (THREATS T149). Empty for work that is nobody's in particular.
    /// </summary>
    public string Share { get; init; } = "";
}

/// <summary>Something that a handler wants stored together with the end of its row, in one transaction.</summary>
public abstract record Change;

public sealed record AddWork(NewWork Work) : Change;

/// <summary>
/// Puts a row that was set aside back to the end of its lane, as if it were new. Conflict when it is not there any more, or the same waits already.
/// </summary>
public sealed record ReplayQuarantined(long Id, DateTimeOffset Now) : Change;

/// <summary>Takes a row that was set aside off the list for good. Conflict when it is not there any more.</summary>
public sealed record DismissQuarantined(long Id) : Change;

/// <summary>What became of a row.</summary>
public abstract record WorkResult(IReadOnlyList<Change> Changes)
{
    public static WorkResult Finished(params IReadOnlyList<Change> changes) => new FinishedWork(changes);

    /// <summary>The same row again later: a poll that has not ended, a call to repeat. It keeps its place in the lane.</summary>
    public static WorkResult Again(TimeSpan wait, params IReadOnlyList<Change> changes) =>
        new RepeatedWork(wait, Problem: null, changes);

    /// <summary>As <see cref="Again"/>, after a refusal that may pass; raises the attempt.</summary>
    public static WorkResult Retry(TimeSpan wait, Problem problem, params IReadOnlyList<Change> changes) =>
        new RepeatedWork(wait, problem, changes);
}

/// <summary>The row is done and gone.</summary>
public sealed record FinishedWork(IReadOnlyList<Change> Changes) : WorkResult(Changes);

/// <param name="Problem">Null: an ordinary repetition, the attempt starts from 0 again.</param>
public sealed record RepeatedWork(TimeSpan Wait, Problem? Problem, IReadOnlyList<Change> Changes) : WorkResult(Changes);

/// <summary>The row failed too often and is set aside; its lane goes on without it (THREATS T148).</summary>
public sealed record QuarantinedWork(Problem Problem, IReadOnlyList<Change> Changes) : WorkResult(Changes)
{
    public QuarantinedWork(Problem problem)
        : this(problem, []) { }
}

/// <summary>Handles one kind of row. May be called again for the same row after a crash: every effect must be repeatable.</summary>
public interface IWorkHandler
{
    string Kind { get; }

    /// <summary>A thrown exception counts as a failed attempt.</summary>
    Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken);

    /// <summary>Called when the row is about to be set aside: what must be stored with that, so that nothing waits for it forever.</summary>
    Task<IReadOnlyList<Change>> AbandonAsync(WorkItem item, Problem problem, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Change>>([]);
}
