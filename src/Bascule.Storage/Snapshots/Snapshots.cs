using System.Data.Common;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;

namespace Bascule.Storage.Snapshots;

/// <summary>
/// Copies and moves whole installations. Tables and columns are found in the database itself, so that none is ever forgotten; the same rows make the same
/// bytes whichever database they are in.
/// </summary>
/// <param name="version">Of this program, for the manifest.</param>
public sealed class Snapshots(TimeProvider time, string version)
{
    /// <summary>A copy of one moment; may be made while the installation is served. Conflict when the file is there already.</summary>
    public Task<Result<Snapshot>> BackUpAsync(SnapshotPlace place, string file, CancellationToken cancellationToken) =>
        InAsync(
            () => place.ReadAsync(cancellationToken),
            database => WriteAsync(database, file, SnapshotPurpose.Backup, cancellationToken),
            cancellationToken
        );

    /// <summary>Takes the installation away: what stays behind acts on nothing until an operator says so. Refused while it is served.</summary>
    public Task<Result<Snapshot>> ExportAsync(SnapshotPlace place, string file, CancellationToken cancellationToken) =>
        InAsync(
            () => place.HoldAsync(time, cancellationToken),
            async database =>
            {
                var written = await WriteAsync(database, file, SnapshotPurpose.Export, cancellationToken);
                if (written.Failed(out _))
                    return written;
                await HoldAsync(
                    database,
                    $"it was moved away by `bascule export` to {Path.GetFileName(file)}",
                    cancellationToken
                );
                await database.Transaction.CommitAsync(cancellationToken);
                return written;
            },
            cancellationToken
        );

    /// <summary>Goes on with an exported installation in an unused database, as the same one.</summary>
    public Task<Result<Snapshot>> ImportAsync(SnapshotPlace place, string file, CancellationToken cancellationToken) =>
        LoadAsync(place, file, SnapshotPurpose.Export, Imported, cancellationToken);

    /// <summary>Puts a copy into an unused database, as the next epoch: it acts on nothing until an operator says so (THREATS T146).</summary>
    public Task<Result<Snapshot>> RestoreAsync(SnapshotPlace place, string file, CancellationToken cancellationToken) =>
        LoadAsync(place, file, SnapshotPurpose.Backup, Restored, cancellationToken);

    private Task<Result<Snapshot>> WriteAsync(
        ISnapshotDatabase database,
        string file,
        SnapshotPurpose purpose,
        CancellationToken cancellationToken
    ) =>
        SnapshotFile.CreateAsync(
            file,
            stream => SnapshotWriter.WriteAsync(database, purpose, version, time.GetUtcNow(), stream, cancellationToken)
        );

    private Task<Result<Snapshot>> LoadAsync(
        SnapshotPlace place,
        string file,
        SnapshotPurpose purpose,
        Func<ISnapshotDatabase, SnapshotManifest, CancellationToken, Task> settle,
        CancellationToken cancellationToken
    ) =>
        FromAsync(
            file,
            async reader =>
                WrongPurpose(reader.Manifest, purpose) is { } wrong
                    ? wrong
                    : await InAsync(
                        () => place.HoldAsync(time, cancellationToken),
                        database => FillAsync(database, reader, settle, cancellationToken),
                        cancellationToken
                    ),
            cancellationToken
        );

    private static async Task<Result<Snapshot>> FillAsync(
        ISnapshotDatabase database,
        SnapshotReader reader,
        Func<ISnapshotDatabase, SnapshotManifest, CancellationToken, Task> settle,
        CancellationToken cancellationToken
    )
    {
        if (!await SnapshotLoader.IsUnusedAsync(database, cancellationToken))
            return Problem.Conflict(
                $"database {database.Name} is in use by an installation, and nothing is ever written over one: name an empty database under storage (createdb NAME, or a file that is not there)"
            );
        var digest = await SnapshotLoader.LoadAsync(database, reader, cancellationToken);
        await settle(database, reader.Manifest, cancellationToken);
        await database.Transaction.CommitAsync(cancellationToken);
        return new Snapshot(reader.Manifest, digest);
    }

    private async Task Imported(
        ISnapshotDatabase database,
        SnapshotManifest manifest,
        CancellationToken cancellationToken
    )
    {
        var facts = Facts(manifest);
        facts["from"] = manifest.Version;
        await AppendAsync(database, AuditTypes.InstallationImported, facts, cancellationToken);
    }

    private async Task Restored(
        ISnapshotDatabase database,
        SnapshotManifest manifest,
        CancellationToken cancellationToken
    )
    {
        // What follows is another log, whose first entry is the one that tells of the restore.
        await database.TellAsync(
            "UPDATE installation SET epoch = epoch + 1, log_first_idx = (SELECT coalesce(max(idx) + 1, 0) FROM audit_entry)",
            cancellationToken
        );
        await HoldAsync(
            database,
            $"it was restored from a backup made on {manifest.Created.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z",
            cancellationToken
        );
        var facts = Facts(manifest);
        facts["epoch"] = manifest.Epoch + 1;
        facts["former_epoch"] = manifest.Epoch;
        if (await FormerLog.ReadAsync(database, cancellationToken) is { } former)
            facts["former_log"] = former;
        await AppendAsync(database, AuditTypes.InstallationRestored, facts, cancellationToken);
    }

    private static JsonObject Facts(SnapshotManifest manifest) =>
        new()
        {
            ["last_entry"] = manifest.AuditEntries - 1,
            ["made"] = manifest.Created.ToUnixTimeMilliseconds(),
            ["rows"] = manifest.Rows,
        };

    /// <summary>In the same transaction as what it tells of.</summary>
    private Task AppendAsync(
        ISnapshotDatabase database,
        string type,
        JsonObject facts,
        CancellationToken cancellationToken
    ) =>
        database.TellAsync(
            "INSERT INTO audit_entry (idx, entry) VALUES ((SELECT coalesce(max(idx) + 1, 0) FROM audit_entry), @entry)",
            cancellationToken,
            ("entry", new AuditEntry(type, "operator") { Facts = facts }.ToCanonical(time.GetUtcNow()))
        );

    private Task HoldAsync(ISnapshotDatabase database, string because, CancellationToken cancellationToken) =>
        database.TellAsync(
            "UPDATE installation SET held_at = @at, held_because = @because",
            cancellationToken,
            ("at", time.GetUtcNow().ToUnixTimeMilliseconds()),
            ("because", because)
        );

    private static Problem? WrongPurpose(SnapshotManifest manifest, SnapshotPurpose asked) =>
        (manifest.Purpose, asked) switch
        {
            (SnapshotPurpose.Backup, SnapshotPurpose.Export) => Problem.Conflict(
                "the file is a backup: whatever it was copied from may still be at work, so only `bascule restore` takes it"
            ),
            (SnapshotPurpose.Export, SnapshotPurpose.Backup) => Problem.Conflict(
                "the file is an export: `bascule import` goes on with it"
            ),
            _ => null,
        };

    private static async Task<Result<Snapshot>> FromAsync(
        string file,
        Func<SnapshotReader, Task<Result<Snapshot>>> read,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var stream = File.OpenRead(file);
            await using var reader = await SnapshotReader.OpenAsync(stream, cancellationToken);
            return await read(reader);
        }
        catch (FormatException wrong)
        {
            return Problem.Invalid($"'{file}' is refused: {wrong.Message}. Nothing was changed");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Problem.NotFound($"there is no '{file}'");
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read: {unread.Message}");
        }
    }

    private static async Task<Result<Snapshot>> InAsync(
        Func<Task<ISnapshotDatabase>> open,
        Func<ISnapshotDatabase, Task<Result<Snapshot>>> act,
        CancellationToken cancellationToken
    )
    {
        ISnapshotDatabase? opened = null;
        try
        {
            opened = await open();
            return await act(opened);
        }
        catch (StorageException problem)
        {
            return Problem.Unavailable(problem.Message);
        }
        catch (DbException failure) when (opened?.Describe(failure) is { } told)
        {
            return Problem.Unavailable(told.Message);
        }
        finally
        {
            if (opened is not null)
                await opened.DisposeAsync();
        }
    }
}
