using Bascule.Core;
using Bascule.Core.People;
using Bascule.Core.Work;

namespace Bascule.Server.Exchange;

/// <summary>Gives whoever gets a token a pseudonym that stays: <c>p-…</c> for who has signed in, <c>w-…</c> for who only ever exchanged tokens.</summary>
internal sealed class Principals(IPeopleStore people, IWorkStore store, TimeProvider time)
{
    /// <summary>Null when nobody is known under that issuer and subject.</summary>
    public Task<Person?> FindAsync(ProvenSubject subject, CancellationToken cancellationToken) =>
        people.FindAsync(subject.Identity.Subject, cancellationToken);

    /// <summary>Read back, because another replica may have seen it for the first time just now.</summary>
    public async Task<Result<Person>> AddAsync(ProvenSubject subject, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var workload = new Person(Person.NewWorkloadUid(), subject.Identity.Subject)
        {
            Name = subject.Name,
            Type = ActorType.Workload,
            FirstSeenAt = now,
            LastSeenAt = now,
        };
        var saved = await store.ApplyAsync([new SavePerson(workload)], cancellationToken);
        if (saved.Failed(out var problem))
            return problem;
        return await people.FindAsync(workload.Subject, cancellationToken) is { } stored
            ? stored
            : Problem.Unavailable("the workload could not be kept");
    }
}
