using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Verifying;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Personal;

/// <summary>
/// Who was erased, in a file beside the database: an older copy that is put back knows them still, and they are erased again before it serves anybody. It holds
/// pseudonyms and keyed digests, one line each: nothing by which they could be known (THREATS T121).
/// </summary>
/// <param name="file">Of this replica alone; 0600.</param>
internal sealed partial class ErasureMemory(
    string file,
    IPersonKeys keys,
    IPeopleStore people,
    IWorkStore store,
    AuditTrail audit,
    ILogger<ErasureMemory> log
)
{
    public const string FileName = "erased";
    private const string Because = "erased before this copy of the database was put back";
    private readonly Lock _gate = new();

    /// <summary>At the start. Unavailable when the file is there and cannot be read: nobody may be shown who was erased.</summary>
    public async Task<Result<Done>> ApplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var erased in Read())
            {
                var person = await people.FindAsync(erased.Uid, cancellationToken);
                if (person?.ErasedAt is not null)
                    continue;
                var again = await EraseAgainAsync(erased, person, cancellationToken);
                if (again.Failed(out var problem))
                    return problem;
            }
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read: {unread.Message}");
        }
        await RememberAsync(cancellationToken);
        return Result.Done;
    }

    /// <summary>Adds who is erased in the database. That the file cannot be written undoes no erasure: it is logged.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        var stored = await keys.ListErasedAsync(cancellationToken);
        try
        {
            lock (_gate)
                Add(stored);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.Unwritten(log, file, failure.Message);
        }
    }

    private void Add(IReadOnlyList<ErasedPerson> stored)
    {
        var known = Read();
        var all = known.UnionBy(stored, one => one.Uid).ToList();
        if (all.Count > known.Count)
            DurableFile.Write(
                file,
                Encoding.UTF8.GetBytes(string.Concat(all.Select(Line))),
                UnixFileMode.UserRead | UnixFileMode.UserWrite
            );
    }

    /// <summary>Somebody whom the copy does not know yet is written down as erased, so that they stay refused.</summary>
    private async Task<Result<Done>> EraseAgainAsync(
        ErasedPerson erased,
        Person? person,
        CancellationToken cancellationToken
    )
    {
        var afterwards = new Subject(Person.ErasedIssuer, erased.Digest);
        List<Change> changes =
        [
            audit.Record(
                new AuditEntry(AuditTypes.PersonErased, "bascule")
                {
                    Facts = new JsonObject { ["person"] = erased.Uid, ["because"] = Because },
                }
            ),
        ];
        if (person is null)
            changes.Add(new SavePerson(Nobody(erased, afterwards)));
        changes.AddRange([new RetirePerson(erased.Uid, erased.At), new ErasePerson(erased.Uid, afterwards, erased.At)]);
        var stored = await store.ApplyAsync(changes, cancellationToken);
        if (stored.Problem is not { Code: ProblemCode.Conflict } conflict)
            return stored;
        Log.Kept(log, erased.Uid, conflict.Message);
        return Result.Done;
    }

    private static Person Nobody(ErasedPerson erased, Subject afterwards) =>
        new(erased.Uid, afterwards)
        {
            Name = Person.ErasedName,
            Type = erased.Uid.StartsWith("w-", StringComparison.Ordinal) ? ActorType.Workload : ActorType.Human,
            FirstSeenAt = erased.At,
            LastSeenAt = erased.At,
        };

    private static string Line(ErasedPerson erased) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{erased.Uid} {erased.Digest} {erased.At.ToUnixTimeMilliseconds()}\n"
        );

    private IReadOnlyList<ErasedPerson> Read() =>
        File.Exists(file) ? [.. File.ReadLines(file).Select(Parse).OfType<ErasedPerson>()] : [];

    /// <summary>Null for a line that is none of ours.</summary>
    private static ErasedPerson? Parse(string line) =>
        line.Split(' ') is [var uid, { Length: > 0 } digest, var at]
        && uid.Length > 2
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new ErasedPerson(uid, digest, DateTimeOffset.FromUnixTimeMilliseconds(time))
            : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Person} was erased, and this copy of the database keeps them: {Reason}")]
        public static partial void Kept(ILogger log, string person, string reason);

        [LoggerMessage(
            2,
            LogLevel.Error,
            "Who was erased cannot be noted in {File}, so an older copy of the database would show them: {Reason}"
        )]
        public static partial void Unwritten(ILogger log, string file, string reason);
    }
}
