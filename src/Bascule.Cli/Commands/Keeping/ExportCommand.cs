using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands.Keeping;

/// <summary><c>bascule export</c>: takes a stopped installation away, to go on in another database.</summary>
internal static class ExportCommand
{
    public static Command Create() =>
        SnapshotFeature.Command(
            "export",
            "Takes a stopped installation out of its database, to go on in another one.",
            new Argument<string>("file") { Description = "The new file." },
            (snapshots, place, file, cancellationToken) => snapshots.ExportAsync(place, file, cancellationToken),
            (_, export) =>
                $"{export.Rows} rows are in {export.File} (sha256 {export.Sha256}). What stays behind acts on nothing from now on.\n"
                + "Change storage in the settings, then: bascule import, bascule serve. To go on here instead: bascule serve, bascule resume"
        );
}
