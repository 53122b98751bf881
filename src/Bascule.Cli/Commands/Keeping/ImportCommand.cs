using System.CommandLine;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands.Keeping;

/// <summary><c>bascule import</c>: an exported installation goes on in an unused database.</summary>
internal static class ImportCommand
{
    public static Command Create() =>
        SnapshotFeature.Command(
            "import",
            "Goes on with an exported installation in an empty database.",
            new Argument<string>("file") { Description = "What `bascule export` wrote." },
            (snapshots, place, file, cancellationToken) => snapshots.ImportAsync(place, file, cancellationToken),
            (_, import) =>
                $"{import.Rows} rows are imported and were compared with the file (sha256 {import.Sha256}). Go on with: bascule serve"
        );
}
