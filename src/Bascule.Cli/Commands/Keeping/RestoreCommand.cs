using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands.Keeping;

/// <summary><c>bascule restore</c>: a backup into an unused database, held until an operator resumes it.</summary>
internal static class RestoreCommand
{
    public static Command Create() =>
        SnapshotFeature.Command(
            "restore",
            "Reads a backup into an empty database, as a new epoch that acts on nothing yet.",
            new Argument<string>("file") { Description = "What `bascule backup` wrote." },
            (snapshots, place, file, cancellationToken) => snapshots.RestoreAsync(place, file, cancellationToken),
            (settings, backup) =>
                $"{backup.Rows} rows are restored; this is epoch {backup.Epoch + 1} now. Put the master.key of the original into {settings.DataFolder} (mode 0600), then: bascule serve\n"
                + "It takes deliveries and shows what it knows, and acts on nothing. Once the original is certainly stopped: bascule resume"
        );
}
