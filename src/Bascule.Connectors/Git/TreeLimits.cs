namespace Bascule.Connectors.Git;

/// <summary>What a tree of strangers may cost (THREATS T70).</summary>
/// <param name="MaxEntries">Files and folders together.</param>
/// <param name="MaxDepth">Folders within folders.</param>
/// <param name="MaxObjectBytes">One tree or commit object.</param>
public sealed record TreeLimits(int MaxEntries = 100_000, int MaxDepth = 64, int MaxObjectBytes = 16 << 20);
