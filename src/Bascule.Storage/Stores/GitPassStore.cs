using System.Text.Json;
using Bascule.Core.Deployments;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Settings;

namespace Bascule.Storage.Stores;

internal sealed class GitPassStore(IReaders readers) : IGitPassStore
{
    public const string Old = "SELECT digest FROM git_pass WHERE expires_at < @Before ORDER BY expires_at LIMIT @Limit";

    /// <summary>However a session ended, its row is gone; then its tokens are no good (THREATS T45).</summary>
    private const string IsOver =
        "(session_uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM session WHERE session.uid = git_pass.session_uid))";

    private const string Select = $"""
        SELECT digest, uid, holder_uid, forge_uid, repository_id, verbs, refs, policy, created_at, expires_at, revoked_at,
          session_uid, CASE WHEN {IsOver} THEN 1 ELSE 0 END AS session_over
        FROM git_pass
        """;

    public async Task<StoredPass?> FindAsync(string digest, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PassRow>(
                $"{Select} WHERE digest = @Digest",
                new { Digest = digest },
                cancellationToken
            )
        )?.ToPass();

    public async Task<StoredPass?> FindByUidAsync(string uid, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<PassRow>($"{Select} WHERE uid = @Uid", new { Uid = uid }, cancellationToken)
        )?.ToPass();

    public async Task<IReadOnlyList<StoredPass>> ListAsync(
        string? holderUid,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var holder = holderUid is null ? "" : "AND holder_uid = @HolderUid";
        var rows = await readers.ListAsync<PassRow>(
            $"{Select} WHERE expires_at > @Now AND revoked_at IS NULL AND NOT {IsOver} {holder} ORDER BY created_at DESC, uid LIMIT @Limit",
            new
            {
                HolderUid = holderUid,
                Now = now.ToUnixTimeMilliseconds(),
                Limit = limit,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPass())];
    }

    public async Task<IReadOnlyList<StoredPass>> ListFollowersAsync(
        DateTimeOffset after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // A list of one ref in full, as JSON: the beginning leaves out nearly all others, and what is left is read.
        var rows = await readers.ListAsync<PassRow>(
            $"{Select} WHERE expires_at > @After AND refs LIKE @Refs ORDER BY created_at DESC, uid LIMIT @Limit",
            new
            {
                After = after.ToUnixTimeMilliseconds(),
                Refs = $"[\"{DeployPlace.Prefix}%",
                Limit = limit,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPass()).Where(pass => pass.Refs.DeployEnvironment is not null)];
    }

    private sealed record PassRow
    {
        public required string Digest { get; init; }
        public required string Uid { get; init; }
        public required string HolderUid { get; init; }
        public required string ForgeUid { get; init; }
        public long RepositoryId { get; init; }
        public required string Verbs { get; init; }
        public required string Refs { get; init; }
        public required string Policy { get; init; }
        public long CreatedAt { get; init; }
        public long ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }
        public string? SessionUid { get; init; }
        public long SessionOver { get; init; }

        public StoredPass ToPass() =>
            new(Uid, Digest, HolderUid, new RepositoryKey(ForgeUid, RepositoryId))
            {
                Verbs = Read(Verbs).Select(Enum.Parse<GitVerb>).ToHashSet(),
                Refs = new RefPatterns([.. Read(Refs).Select(Glob.Parse)]),
                Policy = Policy,
                CreatedAt = Times.Read(CreatedAt),
                ExpiresAt = Times.Read(ExpiresAt),
                RevokedAt = Times.Read(RevokedAt),
                SessionUid = SessionUid,
                IsSessionOver = SessionOver != 0,
            };

        private static string[] Read(string list) => JsonSerializer.Deserialize<string[]>(list) ?? [];
    }
}
