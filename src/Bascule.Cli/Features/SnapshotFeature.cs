using System.CommandLine;
using System.Reflection;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Secrets;
using Bascule.Storage.Snapshots;

namespace Bascule.Cli.Features;

/// <summary>The file and the database that a command copies between. The database is the one that the settings name; nobody needs to serve it.</summary>
internal static class SnapshotFeature
{
    private static readonly string Version =
        typeof(SnapshotFeature)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "unknown";

    /// <param name="argument">The file; made once for each command, since its description is the command's own.</param>
    public static Command Command(
        string name,
        string description,
        Argument<string> argument,
        Func<Snapshots, SnapshotPlace, string, CancellationToken, Task<Result<Snapshot>>> act,
        Func<ServerSettings, SnapshotRecord, string> text,
        Func<string, string>? nameIn = null
    )
    {
        var command = new Command(name, description) { argument };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var output = new OutputFeature(parsed);
                var settings = ConnectionFeature.ReadSettings(parsed);
                if (settings.Failed(out var wrong))
                    return output.Refuse(wrong);
                var file = Path.GetFullPath(parsed.GetValue(argument)!);
                file = nameIn?.Invoke(file) ?? file;
                var snapshots = new Snapshots(TimeProvider.System, Version);
                var read = await FirstSecrets.ReadAsync(
                    settings.Value,
                    TimeProvider.System,
                    cancellationToken,
                    onlyForStorage: true
                );
                if (read.Failed(out var unread))
                    return output.Refuse(unread);
                var place = PlaceOf(settings.Value.Storage);
                if (place.Failed(out var unknown))
                    return output.Refuse(unknown);
                var done = await act(snapshots, place.Value, file, cancellationToken);
                if (done.Failed(out var problem))
                    return output.Refuse(problem);
                var record = Record(file, done.Value);
                output.Write(record, ApiJson.Default.SnapshotRecord, () => text(settings.Value, record));
                return ExitCodes.Success;
            }
        );
        return command;
    }

    private static Result<SnapshotPlace> PlaceOf(StorageSettings settings)
    {
        if (settings is SqliteSettings sqlite)
            return new SqlitePlace(sqlite.File);
        var address = ((PostgresSettings)settings).ReadAddress();
        return address.Failed(out var problem) ? problem : new PostgresPlace(address.Value);
    }

    private static SnapshotRecord Record(string file, Snapshot snapshot) =>
        new(
            file,
            snapshot.Manifest.Version,
            snapshot.Manifest.Schema,
            snapshot.Manifest.Epoch,
            snapshot.Manifest.AuditEntries,
            snapshot.Manifest.Rows,
            snapshot.Manifest.Created,
            snapshot.Sha256
        );
}
