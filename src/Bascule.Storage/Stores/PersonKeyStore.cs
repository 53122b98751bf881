using Bascule.Core.People;

namespace Bascule.Storage.Stores;

internal sealed class PersonKeyStore(IReaders readers) : IPersonKeys
{
    public async Task<PersonKey?> FindAsync(string personUid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<KeyRow>(
                "SELECT person_uid, sealed, made_at FROM person_key WHERE person_uid = @PersonUid",
                new { PersonUid = personUid },
                cancellationToken
            )
        )?.ToKey();

    public async Task<IReadOnlyList<ErasedPerson>> ListErasedAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<ErasedRow>(
            "SELECT uid, subject, erased_at FROM person WHERE erased_at IS NOT NULL ORDER BY uid",
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => new ErasedPerson(row.Uid, row.Subject, Times.Read(row.ErasedAt)))];
    }

    private sealed record ErasedRow
    {
        public required string Uid { get; init; }
        public required string Subject { get; init; }
        public long ErasedAt { get; init; }
    }

    private sealed record KeyRow
    {
        public required string PersonUid { get; init; }
        public required byte[] Sealed { get; init; }
        public long MadeAt { get; init; }

        public PersonKey ToKey() => new(PersonUid, Sealed, Times.Read(MadeAt));
    }
}
