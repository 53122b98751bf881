using Bascule.Core.People;
using Bascule.Core.Work;

namespace Bascule.Server.People;

/// <summary>Something that ends when its person is retired: sessions, tokens, approvals that still wait. Register one for each.</summary>
public interface IRetirement
{
    /// <summary>What ends, as a plural: "sessions".</summary>
    string What { get; }

    /// <summary>Stored in the same transaction as the retirement.</summary>
    Task<IReadOnlyList<Change>> EndAsync(Person person, CancellationToken cancellationToken);

    /// <summary>How many there still are: read back when all is stored. Nought confirms it.</summary>
    Task<long> CountLeftAsync(Person person, CancellationToken cancellationToken);
}
