using Bascule.Connectors.Platforms.ApiManagement.Service;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>
/// Goes through a journal, a stretch at a time: forward to its end, or, when a step fails for good, back to its beginning. A crash at any point costs nothing but
/// looking again.
/// </summary>
/// <param name="save">Writes the journal down.</param>
internal sealed class ApplyRunner(
    ApimClient client,
    TimeProvider time,
    Func<ApplyJournal, CancellationToken, Task<Result<Done>>> save
)
{
    /// <summary>Unavailable or Limited when it is to be called again later; everything else is in the journal that it gives back.</summary>
    /// <param name="stretch">After this long no further step is begun.</param>
    public async Task<Result<ApplyJournal>> GoOnAsync(
        ArmSession session,
        ApplyJournal journal,
        TimeSpan stretch,
        CancellationToken cancellationToken
    )
    {
        var ends = time.GetUtcNow() + stretch;
        var (making, undoing) = (
            new StepMaking(client, session, journal.Owner),
            new StepUndoing(client, session, journal)
        );
        var begun = journal;
        while (!journal.IsEnded && time.GetUtcNow() < ends)
        {
            var (step, isUndoing) = (journal.Steps[journal.Next], journal.Undoing is not null);
            Task<Result<Done>> GoAsync() =>
                isUndoing ? undoing.UndoAsync(step, cancellationToken) : making.MakeAsync(step, cancellationToken);
            var made = await GoAsync();
            // What is not what it was a moment ago is looked at anew: we may have changed it ourselves, by a call whose answer was lost and which went on.
            if (made.Problem is { Code: ProblemCode.Conflict })
                made = await GoAsync();
            if (made.Failed(out var problem) && problem.IsTransient)
                return await NotedAsync(begun, journal, cancellationToken) is { } unsaved ? unsaved : problem;
            var next = Next(journal, problem);
            // Before anything is taken back, it is written down that it is: a crash must not make it go forward again.
            if (next.Undoing != journal.Undoing && (await save(next, cancellationToken)).Failed(out var unwritten))
                return unwritten;
            journal = next;
        }
        return await NotedAsync(begun, journal, cancellationToken) is { } failed ? failed : journal;
    }

    private static ApplyJournal Next(ApplyJournal journal, Problem? problem) =>
        journal.Undoing is null
            ? problem is null
                ? journal with
                {
                    At = journal.At + 1,
                }
                : journal.Undo(problem.Message)
            : journal with
            {
                At = journal.At - 1,
                Left = problem is null ? journal.Left : [.. journal.Left, problem.Message],
            };

    private async Task<Problem?> NotedAsync(
        ApplyJournal begun,
        ApplyJournal journal,
        CancellationToken cancellationToken
    ) =>
        begun.At == journal.At && begun.Undoing == journal.Undoing
            ? null
            : (await save(journal, cancellationToken)).Problem;
}
