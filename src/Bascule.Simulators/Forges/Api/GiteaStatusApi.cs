using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Gitea's commit statuses: any state is taken, ids count per commit, the newest per context counts.</summary>
internal static class GiteaStatusApi
{
    private static readonly string[] Worst = ["error", "failure", "warning", "pending"];

    public static void Map(RouteTable table)
    {
        table.Add("POST", "/repos/{owner}/{repo}/statuses/{sha}", CreateAsync);
        table.Add("GET", "/repos/{owner}/{repo}/statuses/{sha}", ListAsync);
        table.Add("GET", "/repos/{owner}/{repo}/commits/{sha}/statuses", ListAsync);
        table.Add("GET", "/repos/{owner}/{repo}/commits/{sha}/status", CombinedAsync);
    }

    /// <summary>The id is kept as the caller wrote it: a status on a short id is not seen on the full one.</summary>
    private static async Task CreateAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Write);
        var sha = call.Route("sha");
        if (await repository.Git.ResolveAsync(sha, call.Aborted) is null)
        {
            await call.RefuseAsync(500, "");
            return;
        }

        var status = Add(call, repository, sha, call.Body);
        await call.JsonAsync(201, GiteaApi.Dialect(call).Status(repository, status));
    }

    private static ForgeCommitStatus Add(ApiCall call, ForgeRepository repository, string sha, JsonObject body)
    {
        lock (call.World.Gate)
        {
            var status = new ForgeCommitStatus(
                repository.Statuses.Count(s => s.Sha == sha) + 1,
                sha,
                ApiCall.Text(body, "state") ?? "",
                ApiCall.Text(body, "context") is { Length: > 0 } context ? context : "default",
                ApiCall.Text(body, "description") ?? "",
                ApiCall.Text(body, "target_url") ?? "",
                call.Signed().Name,
                call.World.Now
            );
            repository.Statuses.Add(status);
            return status;
        }
    }

    private static async Task ListAsync(ApiCall call)
    {
        var repository = call.Repository();
        var sha = await FullIdAsync(call, repository);
        List<JsonObject> shapes;
        lock (call.World.Gate)
        {
            shapes =
            [
                .. repository
                    .Statuses.Where(s => s.Sha == sha)
                    .OrderByDescending(s => s.CreatedAt)
                    .ThenBy(s => s.Id)
                    .Select(s => GiteaApi.Dialect(call).Status(repository, s)),
            ];
        }

        await call.ListAsync(shapes);
    }

    /// <summary>Pages like a list; a page beyond the end is an empty object, as for a commit without any status.</summary>
    private static async Task CombinedAsync(ApiCall call)
    {
        var repository = call.Repository();
        var sha = await FullIdAsync(call, repository);
        var all = Latest(call.World, repository, sha);
        var limit = Math.Min(call.Positive("limit") ?? 30, 50);
        var page = call.Positive("page") ?? 1;
        var latest = all.Skip((page - 1) * limit).Take(limit).ToList();
        if (latest.Count == 0)
        {
            await call.JsonAsync(200, Nothing());
            return;
        }

        call.PageHeaders(all.Count, page, limit);
        await call.JsonAsync(
            200,
            GoJson.Object(
                ("state", State(latest)),
                ("sha", sha),
                ("total_count", all.Count),
                ("statuses", GoJson.Array(latest.Select(s => GiteaApi.Dialect(call).Status(repository, s)))),
                ("repository", SharedApi.Shape(call, repository)),
                ("commit_url", ""),
                ("url", "")
            )
        );
    }

    public static IReadOnlyList<ForgeCommitStatus> Latest(World world, ForgeRepository repository, string sha)
    {
        lock (world.Gate)
        {
            return
            [
                .. repository
                    .Statuses.Where(s => s.Sha == sha)
                    .GroupBy(s => s.Context, StringComparer.Ordinal)
                    .Select(g => g.MaxBy(s => s.Id)!)
                    .OrderBy(s => s.Id),
            ];
        }
    }

    /// <summary>Unknown states ("running", "skipped") count as success, as recorded.</summary>
    private static string State(IReadOnlyList<ForgeCommitStatus> latest) =>
        Array.Find(Worst, w => latest.Any(s => s.State == w)) ?? "success";

    private static JsonObject Nothing() =>
        GoJson.Object(
            ("state", ""),
            ("sha", ""),
            ("total_count", 0),
            ("statuses", null),
            ("repository", null),
            ("commit_url", ""),
            ("url", "")
        );

    private static async Task<string> FullIdAsync(ApiCall call, ForgeRepository repository)
    {
        var asked = Uri.UnescapeDataString(call.Route("sha"));
        return await repository.Git.ResolveAsync(asked, call.Aborted) ?? asked;
    }
}
