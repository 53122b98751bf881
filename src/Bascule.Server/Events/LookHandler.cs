using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Work;

namespace Bascule.Server.Events;

/// <summary>Looks at a ref because Bascule itself has a reason to, not because a forge said so: it was found moved without a delivery.</summary>
internal sealed class LookHandler(RepositoryLookup lookup, RefObserver observer) : IWorkHandler
{
    public const string LookKind = "look.ref";
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    public string Kind => LookKind;

    public static Change At(RepositoryKey repository, RefName name, DateTimeOffset now) =>
        new AddWork(
            new NewWork(EventWork.LaneOf(repository, name), LookKind, $"{repository} {name}", now, Once: true)
            {
                Share = repository.ToString(),
            }
        );

    public async Task<WorkResult> HandleAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var (repository, name) = Parse(item.Subject);
        var opened = await lookup.OpenAsync(repository, cancellationToken);
        if (opened.Failed(out var unopened))
            return WorkResult.Retry(BackOff.For(unopened, item.Attempt, FirstWait), unopened);
        var seen = await observer.LookAsync(opened.Value, name, by: null, delivery: null, cancellationToken);
        return seen.Failed(out var unseen)
            ? WorkResult.Retry(BackOff.For(unseen, item.Attempt, FirstWait), unseen)
            : WorkResult.Finished(seen.Value.Changes);
    }

    private static (RepositoryKey Repository, RefName Name) Parse(string subject)
    {
        var space = subject.IndexOf(' ', StringComparison.Ordinal);
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        var id = long.Parse(subject[(slash + 1)..space], System.Globalization.CultureInfo.InvariantCulture);
        return (new RepositoryKey(subject[..slash], id), RefName.Parse(subject[(space + 1)..]));
    }
}
