using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Who answers a fetch: the forge, when the policy leaves out no ref; otherwise a view that holds the allowed ones and nothing else (THREATS T88).</summary>
internal sealed class GitFetches(WholeFetch whole)
{
    public Task AdvertiseAsync(HttpContext context, AdmittedGit admitted) =>
        admitted.Pass.Refs.IsWhole ? whole.AdvertiseAsync(context, admitted) : NoViews(context);

    public Task ServeAsync(HttpContext context, AdmittedGit admitted) =>
        admitted.Pass.Refs.IsWhole ? whole.ServeAsync(context, admitted) : NoViews(context);

    private static Task NoViews(HttpContext context) =>
        GitAnswer.RefuseAsync(
            context,
            Problem.Denied("this policy shows some refs only, which is not served yet; allow refs/** or wait")
        );
}
