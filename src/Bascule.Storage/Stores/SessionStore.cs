using Bascule.Core.People;

namespace Bascule.Storage.Stores;

internal sealed class SessionStore(IReaders readers) : ISessionStore
{
    public const string Old = "SELECT digest FROM session WHERE expires_at < @Before ORDER BY expires_at LIMIT @Limit";

    private const string Select = """
        SELECT digest, uid, kind, person_uid, issuer, issuer_session, authenticated_at, created_at, seen_at, expires_at
        FROM session
        """;

    public async Task<Session?> FindAsync(string digest, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<SessionRow>(
                $"{Select} WHERE digest = @Digest",
                new { Digest = digest },
                cancellationToken
            )
        )?.ToSession();

    public async Task<IReadOnlyList<Session>> ListAsync(string personUid, CancellationToken cancellationToken) =>
        Sessions(
            await readers.ListAsync<SessionRow>(
                $"{Select} WHERE person_uid = @PersonUid ORDER BY created_at DESC, uid",
                new { PersonUid = personUid },
                cancellationToken
            )
        );

    public async Task<IReadOnlyList<Session>> ListAsync(
        string issuer,
        string issuerSession,
        CancellationToken cancellationToken
    ) =>
        Sessions(
            await readers.ListAsync<SessionRow>(
                $"{Select} WHERE issuer = @Issuer AND issuer_session = @IssuerSession ORDER BY created_at DESC, uid",
                new { Issuer = issuer, IssuerSession = issuerSession },
                cancellationToken
            )
        );

    private static IReadOnlyList<Session> Sessions(IEnumerable<SessionRow> rows) =>
        [.. rows.Select(row => row.ToSession())];

    private sealed record SessionRow
    {
        public required string Digest { get; init; }
        public required string Uid { get; init; }
        public required string Kind { get; init; }
        public required string PersonUid { get; init; }
        public required string Issuer { get; init; }
        public string? IssuerSession { get; init; }
        public long? AuthenticatedAt { get; init; }
        public long CreatedAt { get; init; }
        public long SeenAt { get; init; }
        public long ExpiresAt { get; init; }

        public Session ToSession() =>
            new(Uid, Digest, Enum.Parse<SessionKind>(Kind), PersonUid)
            {
                Issuer = Issuer,
                IssuerSession = IssuerSession,
                AuthenticatedAt = Times.Read(AuthenticatedAt),
                CreatedAt = Times.Read(CreatedAt),
                SeenAt = Times.Read(SeenAt),
                ExpiresAt = Times.Read(ExpiresAt),
            };
    }
}
