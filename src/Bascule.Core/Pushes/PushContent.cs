using Bascule.Core.Forges;

namespace Bascule.Core.Pushes;

/// <summary>A ref that a push moves.</summary>
/// <param name="Before">Null when it is made.</param>
/// <param name="After">Null when it goes.</param>
/// <param name="IsRewrite">Something that was reachable from it is not any more; for a tag, any move.</param>
public sealed record MovedRef(RefName Name, CommitId? Before, CommitId? After, bool IsRewrite);

/// <summary>A path that is not on a moved ref what it was there before, nor what it is on the default branch; the path of a deleted file too.</summary>
public sealed record ChangedPath(RefName Ref, string Path);

/// <summary>A file that the forge did not have, in any commit of the push.</summary>
/// <param name="Size">Bytes.</param>
public sealed record NewFile(string Path, long Size);

/// <summary>A line that some commit of the push adds to a file, whether or not a later one takes it away again.</summary>
/// <param name="Number">From 1, in the file as that commit has it.</param>
/// <param name="Text">A piece of it where it is very long; pieces overlap.</param>
public sealed record AddedLine(CommitId Commit, string Path, int Number, string Text);
