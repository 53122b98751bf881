using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;

namespace Bascule.Cli.Commands.Keeping;

/// <summary><c>bascule backup</c>: a copy of one moment, also while the server is at work.</summary>
internal static class BackupCommand
{
    public static Command Create() =>
        SnapshotFeature.Command(
            "backup",
            "Writes a copy of everything in the database, also while it is served.",
            new Argument<string>("file") { Description = "The new file, or a folder to make one in." },
            (snapshots, place, file, cancellationToken) => snapshots.BackUpAsync(place, file, cancellationToken),
            (settings, backup) =>
                $"{backup.Rows} rows of epoch {backup.Epoch} are in {backup.File} (sha256 {backup.Sha256}).\n"
                + $"It does not hold {Path.Combine(settings.DataFolder, "master.key")}: keep a copy of that in another place. Nobody can open the secrets in a backup without it.",
            InFolder
        );

    private static string InFolder(string path) =>
        Directory.Exists(path)
            ? Path.Combine(
                path,
                string.Create(CultureInfo.InvariantCulture, $"bascule-{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}.backup")
            )
            : path;
}
