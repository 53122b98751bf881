using Bascule.Core.Api;
using Bascule.Simulators.Forges;

namespace Bascule.Cli.Demo;

/// <summary>How a story ended.</summary>
internal sealed record Ending(
    ForgeRepository Repository,
    long PullRequest,
    string Merge,
    DateTimeOffset MergeAccepted,
    RunDetail Merged,
    RunDetail Failed
);
