using Bascule.Core.Identity;
using Bascule.Core.Work;

namespace Bascule.Core.People;

/// <summary>The key under which the audit log's personal parts about one person are sealed.</summary>
/// <param name="Sealed">The key, sealed by the master key.</param>
public sealed record PersonKey(string PersonUid, byte[] Sealed, DateTimeOffset MadeAt);

/// <summary>One key for each person; erasing them takes it away for good.</summary>
public interface IPersonKeys
{
    /// <summary>Null where none was made yet, or where it was erased.</summary>
    Task<PersonKey?> FindAsync(string personUid, CancellationToken cancellationToken);

    /// <summary>Whose keys were taken away, by uid.</summary>
    Task<IReadOnlyList<ErasedPerson>> ListErasedAsync(CancellationToken cancellationToken);
}

/// <summary>All that is left of somebody who was erased.</summary>
/// <param name="Digest">What stands in place of their subject.</param>
public sealed record ErasedPerson(string Uid, string Digest, DateTimeOffset At);

/// <summary>The first one stays: read it back. Denied when the person is erased, or unknown.</summary>
public sealed record AddPersonKey(PersonKey Key) : Change;

/// <summary>
/// Takes away what is known of somebody, and the key to what the audit log says of them. Their uid stays, retired. NotFound when nobody has it. Conflict while
/// they are not retired, while there is a <see cref="LegalHold"/>, and when they are erased already.
/// </summary>
/// <param name="Afterwards">What stands in place of their subject: see <see cref="Person.ErasedIssuer"/>.</param>
public sealed record ErasePerson(string Uid, Subject Afterwards, DateTimeOffset At) : Change;
