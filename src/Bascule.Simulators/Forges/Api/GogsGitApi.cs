using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Gogs' branches, commits and raw files, read from the real repository.</summary>
internal static class GogsGitApi
{
    public static void Map(RouteTable table)
    {
        table.Add("GET", "/repos/{owner}/{repo}/branches", BranchesAsync);
        table.Add("GET", "/repos/{owner}/{repo}/branches/{*branch}", BranchAsync);
        table.Add("GET", "/repos/{owner}/{repo}/commits/{*revision}", CommitAsync);
        table.Add("GET", "/repos/{owner}/{repo}/raw/{*path}", RawAsync);
    }

    private static async Task BranchesAsync(ApiCall call)
    {
        var repository = call.Repository();
        List<JsonObject> shapes = [];
        foreach (var name in await repository.Git.BranchesAsync(call.Aborted))
        {
            shapes.Add(await ShapeAsync(call, repository, name) ?? []);
        }

        await call.ListAsync(shapes);
    }

    private static async Task BranchAsync(ApiCall call)
    {
        var name = Uri.UnescapeDataString(call.Route("branch"));
        var shape = await ShapeAsync(call, call.Repository(), name);
        await (
            shape is null ? call.RefuseAsync(404, $"branch does not exist [name: {name}]") : call.JsonAsync(200, shape)
        );
    }

    private static async Task<JsonObject?> ShapeAsync(ApiCall call, ForgeRepository repository, string name)
    {
        var commit = await repository.Git.CommitAsync("refs/heads/" + name, call.Aborted);
        return commit is null
            ? null
            : GoJson.Object(
                ("name", name),
                (
                    "commit",
                    GoJson.Object(
                        ("id", commit.Sha),
                        ("message", commit.Message),
                        ("url", "Not implemented"),
                        ("author", Named(call, commit.Author)),
                        ("committer", Named(call, commit.Committer)),
                        ("added", null),
                        ("removed", null),
                        ("modified", null),
                        ("timestamp", GoJson.GitTime(commit.Author.When))
                    )
                )
            );
    }

    /// <summary>Branch names with a slash and refs/... are not found; one Accept header asks for the bare id.</summary>
    private static async Task CommitAsync(ApiCall call)
    {
        var repository = call.Repository();
        var asked = Uri.UnescapeDataString(call.Route("revision"));
        var commit = asked.Contains('/', StringComparison.Ordinal)
            ? null
            : await repository.Git.CommitAsync(asked, call.Aborted);
        if (commit is null)
        {
            await call.RefuseAsync(404, "");
        }
        else if (call.Request.Headers.Accept == "application/vnd.gogs.sha")
        {
            await call.WriteAsync(200, "text/plain", commit.Sha);
        }
        else
        {
            await call.JsonAsync(200, CommitShape(call, repository, commit, asked));
        }
    }

    private static JsonObject CommitShape(ApiCall call, ForgeRepository repository, CommitDetails commit, string asked)
    {
        var root = $"{call.Engine.BaseUrl}/api/v1/repos/{repository.FullName}";
        return GoJson.Object(
            ("url", $"{root}/commits/{asked}"),
            ("sha", commit.Sha),
            ("html_url", $"{call.Engine.BaseUrl}/{repository.FullName}/commits/{commit.Sha}"),
            (
                "commit",
                GoJson.Object(
                    ("url", $"{root}/commits/{asked}"),
                    ("author", Dated(commit.Author)),
                    ("committer", Dated(commit.Committer)),
                    ("message", commit.Message.Split('\n')[0]),
                    ("tree", GoJson.Object(("url", $"{root}/tree/{commit.Sha}"), ("sha", commit.Sha)))
                )
            ),
            ("author", Account(call, commit.Author)),
            ("committer", Account(call, commit.Committer)),
            (
                "parents",
                GoJson.Array(commit.Parents.Select(p => GoJson.Object(("url", $"{root}/commits/{p}"), ("sha", p))))
            )
        );
    }

    /// <summary>The first part that names a commit is the revision; branch names may hold slashes.</summary>
    private static async Task RawAsync(ApiCall call)
    {
        var repository = call.Repository();
        var parts = Uri.UnescapeDataString(call.Route("path")).Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var revision = string.Join('/', parts[..i]);
            var text = await repository.Git.ReadFileAsync(revision, string.Join('/', parts[i..]), call.Aborted);
            if (text is not null)
            {
                await call.WriteAsync(200, "text/plain; charset=utf-8", text);
                return;
            }
        }

        await call.RefuseAsync(404, "");
    }

    private static JsonObject Named(ApiCall call, Signature signature) =>
        GoJson.Object(
            ("name", signature.Name),
            ("email", signature.Email),
            ("username", call.World.FindByEmail(signature.Email)?.Name ?? "")
        );

    private static JsonObject Dated(Signature signature) =>
        GoJson.Object(
            ("name", signature.Name),
            ("email", signature.Email),
            ("date", GoJson.GitTime(signature.When.ToUniversalTime()))
        );

    private static JsonObject? Account(ApiCall call, Signature signature) =>
        call.World.FindByEmail(signature.Email) is { } user ? GogsApi.Dialect(call).User(user) : null;
}
