using System.Globalization;

namespace Bascule.Core.Pushes.Checks;

/// <summary>A file that is too large for Git stays out of history: once it is in, every clone carries it.</summary>
/// <param name="max">Bytes.</param>
public sealed class FileSizeCheck(long max) : IPushCheck
{
    public string Name => "pushes.max_file_bytes";

    public PushFinding? Look(NewFile file) =>
        file.Size > max
            ? new PushFinding(
                Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{file.Path}' has {file.Size} bytes, more than {max}; track it with git lfs, or take it out of the commits (git rebase -i)"
                )
            )
            : null;
}
