using System.Text.Json.Nodes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Gitea's pull requests; Gogs has no such endpoints.</summary>
internal static class GiteaPullApi
{
    public static void Map(RouteTable table)
    {
        table.Add("GET", "/repos/{owner}/{repo}/pulls", ListAsync);
        table.Add("POST", "/repos/{owner}/{repo}/pulls", CreateAsync);
        table.Add("GET", "/repos/{owner}/{repo}/pulls/{number}", GetAsync);
        table.Add("PATCH", "/repos/{owner}/{repo}/pulls/{number}", EditAsync);
        table.Add("GET", "/repos/{owner}/{repo}/pulls/{number}/merge", IsMergedAsync);
        table.Add("POST", "/repos/{owner}/{repo}/pulls/{number}/merge", MergeAsync);
    }

    private static JsonObject Shape(ApiCall call, Issue pull)
    {
        lock (call.World.Gate)
        {
            return GiteaApi.Dialect(call).Pull(pull, r => call.World.PermissionOf(call.User, r));
        }
    }

    private static Task ListAsync(ApiCall call)
    {
        var repository = call.Repository();
        var state = call.Query("state") is { Length: > 0 } asked ? asked : "open";
        lock (call.World.Gate)
        {
            var fitting = repository
                .Issues.Where(i => i.Pull is not null && (state == "all" || i.State == state))
                .OrderByDescending(i => i.Number);
            return call.ListAsync([.. fitting.Select(i => Shape(call, i))]);
        }
    }

    private static async Task CreateAsync(ApiCall call)
    {
        var repository = call.Repository();
        var user = call.Signed();
        var body = call.Body;
        var pull = await call.Engine.OpenPullAsync(
            repository,
            user,
            ApiCall.Text(body, "head") ?? throw new ForgeRefusedException(422, "[Head]: Required"),
            ApiCall.Text(body, "base") ?? throw new ForgeRefusedException(422, "[Base]: Required"),
            ApiCall.Text(body, "title") ?? "",
            ApiCall.Text(body, "body") ?? "",
            call.Aborted
        );
        await call.JsonAsync(201, Shape(call, pull));
    }

    private static Task GetAsync(ApiCall call) =>
        call.JsonAsync(200, Shape(call, call.Issue(call.Repository(), isPull: true)));

    private static Task EditAsync(ApiCall call)
    {
        var repository = call.Repository();
        var pull = call.Issue(repository, isPull: true);
        var user = call.Signed();
        if (pull.Poster != user && call.World.PermissionOf(user, repository) < ForgeAccess.Write)
        {
            return call.RefuseAsync(403, "");
        }

        var body = call.Body;
        call.Engine.EditPull(pull, user, ApiCall.Text(body, "title"), ApiCall.Text(body, "body"));
        if (ApiCall.Text(body, "state") is { } state)
        {
            call.Engine.SetPullState(pull, user, state == "closed");
        }

        return call.JsonAsync(201, Shape(call, pull));
    }

    private static Task IsMergedAsync(ApiCall call) =>
        call.Issue(call.Repository(), isPull: true).Pull!.IsMerged ? call.EmptyAsync(204) : call.RefuseAsync(404, "");

    private static async Task MergeAsync(ApiCall call)
    {
        var repository = call.Repository();
        var pull = call.Issue(repository, isPull: true);
        var user = call.Signed();
        if (ApiCall.Text(call.Body, "Do") != "merge")
        {
            await call.RefuseAsync(422, "the simulator merges with \"Do\": \"merge\" only");
            return;
        }

        if (call.World.PermissionOf(user, repository) < ForgeAccess.Write)
        {
            await call.RefuseAsync(405, "User not allowed to merge PR");
            return;
        }

        if (Missing(call, pull) is { } missing && !user.IsAdmin)
        {
            await call.RefuseAsync(405, missing);
            return;
        }

        await call.Engine.MergePullAsync(pull, user, call.Aborted);
        await call.EmptyAsync(200);
    }

    /// <summary>Required contexts that are not green keep everyone but an administrator from merging.</summary>
    private static string? Missing(ApiCall call, Issue pull)
    {
        var required = pull.Repository.Rules.GetValueOrDefault(pull.Pull!.BaseBranch)?.Required ?? [];
        var green = GiteaStatusApi
            .Latest(call.World, pull.Repository, pull.Pull.HeadSha)
            .Where(s => s.State == "success")
            .Select(s => s.Context);
        return required.Except(green, StringComparer.Ordinal).Any() ? "Please try again later" : null;
    }
}
