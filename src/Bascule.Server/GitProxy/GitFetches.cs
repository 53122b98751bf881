using Bascule.Core;
using Bascule.Server.GitProxy.Following;
using Bascule.Server.GitProxy.Views;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>
/// Who answers a fetch: the forge, when the policy leaves out no ref; what was deployed, when it shows one deploy ref; otherwise a view that holds the allowed
/// refs and nothing else (THREATS T88).
/// </summary>
internal sealed class GitFetches(WholeFetch whole, ViewFetch view, DeployFetch deployed)
{
    /// <returns>Why the request may not go on; null when it was answered.</returns>
    public Task<Problem?> AdvertiseAsync(HttpContext context, AskedGit asked) =>
        asked.Pass.Refs.IsWhole ? whole.AdvertiseAsync(context, asked)
        : asked.Pass.Refs.DeployEnvironment is { } environment ? deployed.AdvertiseAsync(context, asked, environment)
        : view.AdvertiseAsync(context, asked);

    /// <returns>Why the request may not go on; null when it was answered.</returns>
    public Task<Problem?> ServeAsync(HttpContext context, AskedGit asked) =>
        asked.Pass.Refs.IsWhole ? whole.ServeAsync(context, asked)
        : asked.Pass.Refs.DeployEnvironment is { } environment ? deployed.ServeAsync(context, asked, environment)
        : view.ServeAsync(context, asked);
}
