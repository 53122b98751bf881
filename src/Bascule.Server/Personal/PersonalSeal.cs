using System.Security.Cryptography;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Sealing;

namespace Bascule.Server.Personal;

/// <summary>
/// Seals what an entry of the audit log says of a person, and opens it. Each person has a key of their own, which is sealed by the master key and goes when they
/// are erased. What is sealed is bound to the person and to the type of entry: moved elsewhere, it does not open (THREATS T121).
/// </summary>
internal sealed class PersonalSeal(MasterKey master, IPersonKeys keys, IWorkStore store, TimeProvider time)
{
    /// <summary>The entry with its personal part. Denied for who is erased meanwhile: nothing more is written down of them.</summary>
    public async Task<Result<AuditEntry>> AddAsync(
        AuditEntry entry,
        string person,
        PersonFacts facts,
        CancellationToken cancellationToken
    )
    {
        var key = await EnsureKeyAsync(person, cancellationToken);
        if (key.Failed(out var problem))
            return problem;
        var part = SealedBox.Seal(key.Value, PurposeOf(person, entry.Type), facts.Write());
        CryptographicOperations.ZeroMemory(key.Value);
        return entry with { Personal = new PersonalPart(person, part) };
    }

    /// <summary>Null when there is no key any more.</summary>
    /// <exception cref="CryptographicException">The row was changed, or belongs to somebody else.</exception>
    public async Task<byte[]?> FindKeyAsync(string person, CancellationToken cancellationToken) =>
        await keys.FindAsync(person, cancellationToken) is { } key ? Open(key) : null;

    /// <summary>Null when it was changed, or is of another person or another type of entry.</summary>
    public static PersonFacts? Open(byte[] key, string type, PersonalPart part)
    {
        try
        {
            return PersonFacts.Read(SealedBox.Open(key, PurposeOf(part.Person, type), part.Sealed.Span));
        }
        catch (Exception foreign) when (foreign is CryptographicException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Read back, because another replica may have made one just now.</summary>
    private async Task<Result<byte[]>> EnsureKeyAsync(string person, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindKeyAsync(person, cancellationToken) is { } known)
                return known;
            var made = RandomNumberGenerator.GetBytes(SealedBox.KeyBytes);
            var row = new PersonKey(person, master.Seal(KeyPurposeOf(person), made), time.GetUtcNow());
            CryptographicOperations.ZeroMemory(made);
            var stored = await store.ApplyAsync([new AddPersonKey(row)], cancellationToken);
            if (stored.Failed(out var problem))
                return problem;
            return await FindKeyAsync(person, cancellationToken) is { } key
                ? key
                : Problem.Unavailable($"the key of {person} is gone again; try again");
        }
        catch (CryptographicException)
        {
            return Problem.Internal(
                $"the key of {person} in the database was changed and does not open; restore that row of person_key from a backup"
            );
        }
    }

    private byte[] Open(PersonKey key) => master.Open(KeyPurposeOf(key.PersonUid), key.Sealed);

    private static string KeyPurposeOf(string person) => $"person-key {person}";

    private static string PurposeOf(string person, string type) => $"audit-entry {type} {person}";
}
