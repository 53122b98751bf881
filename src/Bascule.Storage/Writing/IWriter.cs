using Bascule.Core;

namespace Bascule.Storage.Writing;

/// <summary>The way into the database for everything that is stored.</summary>
internal interface IWriter
{
    /// <summary>
    /// Runs <paramref name="write"/> in a transaction shared with others (group commit) and answers once it is durable. A Problem undoes what it wrote.
    /// It may be run a second time when the first was undone: it must only write, and remember nothing.
    /// Cancelling takes it out of the queue; once it is being written, the answer is waited for.
    /// </summary>
    /// <exception cref="StorageException">The database cannot be written; nothing was stored, or nobody can tell.</exception>
    Task<Result<T>> WriteAsync<T>(Func<WriteSession, Result<T>> write, CancellationToken cancellationToken);
}
