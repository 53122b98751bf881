using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Log;
using Bascule.Core.Work;
using Bascule.Server.Sealing;

namespace Bascule.Server.Audit.Log;

/// <summary>
/// Sees to it that the installation's epoch has its log: an origin and a key of its own. The key is made here and sealed; a copy of the database without the
/// master key signs nothing (THREATS T146).
/// </summary>
/// <param name="publicUrl">The log's origin for good, whatever the address becomes later: an origin is a name.</param>
internal sealed class LogOpening(
    ILogStore logs,
    IWorkStore store,
    AuditTrail audit,
    MasterKey masterKey,
    Uri publicUrl,
    TimeProvider time
)
{
    private const string Purpose = "audit-log-key";

    /// <summary>The log that grows.</summary>
    public async Task<Result<StoredLog>> EnsureAsync(CancellationToken cancellationToken)
    {
        var start = await logs.ReadStartAsync(cancellationToken);
        var known = await logs.ListAsync(cancellationToken);
        if (known is [var newest, ..] && newest.Epoch == start.Epoch)
            return newest;
        var log = Make(known.Count + 1, start);
        using var keys = LogKeys.ToRead(log);
        var opened = await store.ApplyAsync([new OpenLog(log), audit.Record(Entry(log, keys.Key))], cancellationToken);
        if (!opened.Failed(out var problem))
            return log;
        // Another replica was quicker: its key is the log's.
        return problem.Code == ProblemCode.Conflict && await logs.ListAsync(cancellationToken) is [var theirs, ..]
            ? theirs
            : problem;
    }

    /// <exception cref="CryptographicException">It was sealed under another master key, or was changed.</exception>
    public LogKeys OpenKeys(StoredLog log)
    {
        var seed = masterKey.Open(Purpose, log.SealedKey);
        try
        {
            return LogKeys.ToSign(log, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private StoredLog Make(int number, LogStart start)
    {
        var origin = LogPlace.OriginOf(publicUrl, number);
        var seed = RandomNumberGenerator.GetBytes(32);
        try
        {
            using var signer = new NoteSigner(origin, seed);
            return new StoredLog(
                number,
                start.Epoch,
                origin,
                start.FirstEntry,
                signer.PublicKey.ToArray(),
                masterKey.Seal(Purpose, seed),
                time.GetUtcNow()
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static AuditEntry Entry(StoredLog log, NoteKey key) =>
        new(AuditTypes.LogOpened, "bascule")
        {
            Facts = new JsonObject
            {
                ["number"] = log.Number,
                ["origin"] = log.Origin,
                ["key"] = key.ToString(),
                ["first_entry"] = log.FirstEntry,
            },
        };
}
