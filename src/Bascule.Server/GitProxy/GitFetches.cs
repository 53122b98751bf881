using Bascule.Server.GitProxy.Views;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Who answers a fetch: the forge, when the policy leaves out no ref; otherwise a view that holds the allowed ones and nothing else (THREATS T88).</summary>
internal sealed class GitFetches(WholeFetch whole, ViewFetch view)
{
    public Task AdvertiseAsync(HttpContext context, AdmittedGit admitted) =>
        admitted.Pass.Refs.IsWhole ? whole.AdvertiseAsync(context, admitted) : view.AdvertiseAsync(context, admitted);

    public Task ServeAsync(HttpContext context, AdmittedGit admitted) =>
        admitted.Pass.Refs.IsWhole ? whole.ServeAsync(context, admitted) : view.ServeAsync(context, admitted);
}
