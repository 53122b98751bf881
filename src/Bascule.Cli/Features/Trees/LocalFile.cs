using Bascule.Core.Content;

namespace Bascule.Cli.Features.Trees;

/// <summary>One file of a repository on this machine.</summary>
/// <param name="Path">Below the folder that was asked for, with <c>/</c> between.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Bytes">Of a link: its target as it is written. Null when it was not read: it is a submodule, or beyond the limits.</param>
internal sealed record LocalFile(string Path, TreeEntryKind Kind, long Size, ReadOnlyMemory<byte>? Bytes);

/// <summary>How much of a folder is held in memory.</summary>
/// <param name="Files">Of whatever kind. What is read then shows that there are more.</param>
/// <param name="FileBytes">Of one file; larger ones are named and not read.</param>
/// <param name="TotalBytes">Of all files together; what comes after is named and not read.</param>
internal sealed record LocalLimits(int Files, int FileBytes, long TotalBytes)
{
    /// <summary>Whether a file's bytes are wanted at all, by its path.</summary>
    public Func<string, bool> Wanted { get; init; } = _ => true;
}

/// <summary>Which folder of a repository is meant.</summary>
/// <param name="Path">In the repository; empty for all of it.</param>
/// <param name="Remedy">What to do when it is not there.</param>
internal sealed record LocalFolder(string Path, string Remedy)
{
    public Core.Problem Missing(string where) =>
        Core.Problem.NotFound($"there is no folder '{Path}' in {where}; {Remedy}");
}
