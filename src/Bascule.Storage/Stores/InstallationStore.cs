using Bascule.Core;
using Bascule.Core.Installation;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Stores;

internal sealed class InstallationStore(IReaders readers, IWriter writer, TimeProvider time) : IInstallationStore
{
    public Task<long> ReadEpochAsync(CancellationToken cancellationToken) =>
        readers.FindAsync<long>("SELECT epoch FROM installation", parameters: null, cancellationToken);

    public Task<string> BindMasterKeyAsync(string check, CancellationToken cancellationToken) =>
        MakeAsync(
            "UPDATE installation SET key_check = @Check WHERE key_check IS NULL",
            "SELECT key_check FROM installation",
            new { Check = check },
            cancellationToken
        );

    public Task<Result<string>> BindForgeAsync(string name, Uri url, CancellationToken cancellationToken)
    {
        var address = url.AbsoluteUri.TrimEnd('/');
        return writer.WriteAsync<string>(
            session =>
            {
                session.Execute(
                    "INSERT INTO forge (name, uid, url, created_at) VALUES (@Name, @Uid, @Url, @Now) ON CONFLICT (name) DO NOTHING",
                    new
                    {
                        Name = name,
                        Uid = RandomUid.Forge(),
                        Url = address,
                        Now = Now(),
                    }
                );
                var bound = session.Find<ForgeRow>(
                    "SELECT uid, url FROM forge WHERE name = @Name",
                    new { Name = name }
                )!;
                return bound.Url == address ? bound.Uid : Bound(name, bound.Url, address);
            },
            cancellationToken
        );
    }

    public async Task<string> BindEnvironmentAsync(string name, CancellationToken cancellationToken)
    {
        const string find = "SELECT uid FROM environment WHERE name = @Name";
        return await readers.FindAsync<string>(find, new { Name = name }, cancellationToken)
            ?? await MakeAsync(
                "INSERT INTO environment (name, uid, created_at) VALUES (@Name, @Uid, @Now) ON CONFLICT (name) DO NOTHING",
                find,
                new
                {
                    Name = name,
                    Uid = RandomUid.Environment(),
                    Now = Now(),
                },
                cancellationToken
            );
    }

    public async Task<IReadOnlyList<BoundIssuer>> BindIssuersAsync(
        IReadOnlyCollection<string> urls,
        CancellationToken cancellationToken
    )
    {
        var known = await ListIssuersAsync(cancellationToken);
        if (urls.All(url => known.Any(issuer => issuer.Url == url)))
            return [];
        return (await writer.WriteAsync(session => Result.Of(NoteIssuers(session, urls)), cancellationToken)).Value;
    }

    public async Task<IReadOnlyList<BoundIssuer>> ListIssuersAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<IssuerRow>(
            "SELECT url, first_seen_at, confirmed_at, confirmed_by FROM issuer ORDER BY first_seen_at, url",
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToIssuer())];
    }

    public async Task<string> PseudonymOfAsync(string forgeUid, long accountId, CancellationToken cancellationToken)
    {
        const string find = "SELECT uid FROM pseudonym WHERE forge_uid = @ForgeUid AND account_id = @AccountId";
        var row = new
        {
            ForgeUid = forgeUid,
            AccountId = accountId,
            Uid = RandomUid.Pseudonym(),
        };
        return await readers.FindAsync<string>(find, row, cancellationToken)
            ?? await MakeAsync(
                """
                INSERT INTO pseudonym (forge_uid, account_id, uid) VALUES (@ForgeUid, @AccountId, @Uid)
                ON CONFLICT (forge_uid, account_id) DO NOTHING
                """,
                find,
                row,
                cancellationToken
            );
    }

    public async Task<IReadOnlyList<SigningKey>> ListSigningKeysAsync(CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<SigningKeyRow>(
            "SELECT id, sealed_private_key, created_at, published_at FROM signing_key ORDER BY created_at DESC, seq DESC",
            parameters: null,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToKey())];
    }

    public async Task<Hold?> ReadHoldAsync(CancellationToken cancellationToken) =>
        await readers.FindAsync<HoldRow>(
            "SELECT held_at, held_because FROM installation WHERE held_at IS NOT NULL",
            parameters: null,
            cancellationToken
        )
            is { } held
            ? new Hold(Times.Read(held.HeldAt), held.HeldBecause ?? "nobody knows why")
            : null;

    public Task<Result<Done>> ReleaseAsync(CancellationToken cancellationToken) =>
        writer.WriteAsync<Done>(
            session =>
            {
                session.WorkChanged = true;
                return
                    session.Execute(
                        "UPDATE installation SET held_at = NULL, held_because = NULL WHERE held_at IS NOT NULL",
                        parameters: null
                    ) == 1
                    ? Result.Done
                    : Problem.Conflict("this installation is not held: it is at work already");
            },
            cancellationToken
        );

    /// <summary>Inserts unless somebody was faster, and answers what is there.</summary>
    private async Task<string> MakeAsync(string insert, string find, object row, CancellationToken cancellationToken) =>
        (
            await writer.WriteAsync(
                session =>
                {
                    session.Execute(insert, row);
                    return Result.Of(session.Find<string>(find, row)!);
                },
                cancellationToken
            )
        ).Value;

    private IReadOnlyList<BoundIssuer> NoteIssuers(WriteSession session, IEnumerable<string> urls)
    {
        var now = Now();
        var isFirst = session.Find<string>("SELECT url FROM issuer LIMIT 1", parameters: null) is null;
        var rows = urls.Select(url => new IssuerRow
        {
            Url = url,
            FirstSeenAt = now,
            ConfirmedAt = isFirst ? now : null,
        });
        return
        [
            .. rows.Where(row =>
                    session.Execute(
                        "INSERT INTO issuer (url, first_seen_at, confirmed_at) VALUES (@Url, @FirstSeenAt, @ConfirmedAt) ON CONFLICT (url) DO NOTHING",
                        row
                    ) == 1
                )
                .Select(row => row.ToIssuer()),
        ];
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Problem Bound(string name, string bound, string asked) =>
        Problem.Conflict(
            $"forge '{name}' is bound to {bound}, and the settings now say {asked}. What was granted to the one server must not fall to another: "
                + "choose another name for the new server under forges, or put the old address back"
        );

    private sealed record ForgeRow(string Uid, string Url);

    private sealed record IssuerRow
    {
        public required string Url { get; init; }
        public long FirstSeenAt { get; init; }
        public long? ConfirmedAt { get; init; }
        public string? ConfirmedBy { get; init; }

        public BoundIssuer ToIssuer() => new(Url, Times.Read(FirstSeenAt), Times.Read(ConfirmedAt), ConfirmedBy);
    }

    private sealed record HoldRow(long HeldAt, string? HeldBecause);

    private sealed record SigningKeyRow
    {
        public required string Id { get; init; }
        public required byte[] SealedPrivateKey { get; init; }
        public long CreatedAt { get; init; }
        public long? PublishedAt { get; init; }

        public SigningKey ToKey() => new(Id, SealedPrivateKey, Times.Read(CreatedAt), Times.Read(PublishedAt));
    }
}
