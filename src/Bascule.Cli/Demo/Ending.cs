using Bascule.Core.Api;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo;

/// <summary>How a story ended.</summary>
/// <param name="Failed">A run that failed, and is shown so by the forge; null in a story that has none.</param>
internal sealed record Ending(
    ForgeRepository Repository,
    long PullRequest,
    string Merge,
    DateTimeOffset MergeAccepted,
    RunDetail Merged,
    RunDetail? Failed
);
