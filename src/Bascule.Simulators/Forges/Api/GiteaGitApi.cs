using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Git;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Gitea's branches, commits and raw files, read from the real repository.</summary>
internal static class GiteaGitApi
{
    public static void Map(RouteTable table)
    {
        table.Add("GET", "/repos/{owner}/{repo}/branches", BranchesAsync);
        table.Add("GET", "/repos/{owner}/{repo}/branches/{*branch}", BranchAsync);
        table.Add("GET", "/repos/{owner}/{repo}/git/commits/{sha}", CommitAsync);
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
            shape is not null
                ? call.JsonAsync(200, shape)
                : call.JsonAsync(
                    404,
                    GoJson.Object(
                        ("errors", GoJson.Strings([$"branch does not exist [name: {name}]"])),
                        ("message", "The target couldn't be found."),
                        ("url", call.Engine.BaseUrl + "/api/swagger")
                    )
                )
        );
    }

    private static async Task<JsonObject?> ShapeAsync(ApiCall call, ForgeRepository repository, string name)
    {
        var commit = await repository.Git.CommitAsync("refs/heads/" + name, call.Aborted);
        if (commit is null)
        {
            return null;
        }

        var rule = repository.Rules.GetValueOrDefault(name);
        var contexts = rule?.Required ?? [];
        var canWrite = call.World.PermissionOf(call.User, repository) >= ForgeAccess.Write;
        return GoJson.Object(
            ("name", name),
            ("commit", TipOf(call, repository, commit)),
            ("protected", rule is not null),
            ("required_approvals", 0),
            ("enable_status_check", contexts.Count > 0),
            ("status_check_contexts", GoJson.Strings(contexts)),
            ("user_can_push", canWrite && rule?.TakesPushes != false),
            ("user_can_merge", canWrite),
            ("effective_branch_protection_name", "")
        );
    }

    private static JsonObject TipOf(ApiCall call, ForgeRepository repository, CommitDetails commit)
    {
        var summary = new CommitSummary(
            commit.Sha,
            commit.Message,
            commit.Author,
            commit.Committer,
            commit.Author.When
        );
        var shape = GiteaApi
            .Dialect(call)
            .PushCommit(repository, new PushedCommit(summary, new TouchedFiles([], [], [])));
        shape["verification"] = GiteaDialect.Unverified();
        shape["added"] = null;
        shape["removed"] = null;
        shape["modified"] = null;
        return shape;
    }

    private static async Task CommitAsync(ApiCall call)
    {
        var repository = call.Repository();
        var asked = Uri.UnescapeDataString(call.Route("sha"));
        var commit = await repository.Git.CommitAsync(asked, call.Aborted);
        if (commit is null)
        {
            await call.RefuseAsync(404, asked);
            return;
        }

        var files = await repository.Git.TouchedAsync(commit.Sha, call.Aborted);
        var root = $"{call.Engine.BaseUrl}/api/v1/repos/{repository.FullName}/git";
        var shape = GoJson.Object(
            ("url", $"{root}/commits/{commit.Sha}"),
            ("sha", commit.Sha),
            ("created", GoJson.GitTime(commit.Committer.When)),
            ("html_url", $"{call.Engine.BaseUrl}/{repository.FullName}/commit/{commit.Sha}"),
            ("commit", Inner(commit, root)),
            ("author", Account(call, commit.Author)),
            ("committer", Account(call, commit.Committer)),
            ("parents", GoJson.Array(commit.Parents.Select(p => Parent(root, p)))),
            ("files", GoJson.Array(Files(files).Select(f => GoJson.Object(("filename", f)))))
        );
        await call.JsonAsync(200, shape);
    }

    /// <summary>The tree's id is the commit's: Gitea 1.16 was seen to answer that.</summary>
    private static JsonObject Inner(CommitDetails commit, string root) =>
        GoJson.Object(
            ("url", $"{root}/commits/{commit.Sha}"),
            ("author", Person(commit.Author)),
            ("committer", Person(commit.Committer)),
            ("message", commit.Message),
            (
                "tree",
                GoJson.Object(
                    ("url", $"{root}/trees/{commit.Sha}"),
                    ("sha", commit.Sha),
                    ("created", GoJson.GitTime(commit.Committer.When))
                )
            )
        );

    private static JsonObject Person(Signature signature) =>
        GoJson.Object(
            ("name", signature.Name),
            ("email", signature.Email),
            ("date", GoJson.GitTime(signature.When.ToUniversalTime()))
        );

    private static JsonObject? Account(ApiCall call, Signature signature) =>
        call.World.FindByEmail(signature.Email) is { } user
            ? GiteaApi.Dialect(call).User(user, signedIn: call.User == user)
            : null;

    private static JsonObject Parent(string root, string sha) =>
        GoJson.Object(("url", $"{root}/commits/{sha}"), ("sha", sha), ("created", GoJson.NoTime));

    private static IEnumerable<string> Files(TouchedFiles files) =>
        files.Added.Concat(files.Removed).Concat(files.Modified).Order(StringComparer.Ordinal);

    /// <summary>By ?ref=, by the default branch, or with the branch as the first segment.</summary>
    private static async Task RawAsync(ApiCall call)
    {
        var repository = call.Repository();
        var path = Uri.UnescapeDataString(call.Route("path"));
        var asked = call.Query("ref");
        var cut = path.Split('/', 2);
        (string Revision, string Path)[] places =
        [
            (asked.Length > 0 ? asked : repository.DefaultBranch, path),
            .. cut.Length == 2 ? [(cut[0], cut[1])] : Array.Empty<(string, string)>(),
        ];
        foreach (var place in places)
        {
            var blob = await repository.Git.ReadFileAsync(place.Revision, place.Path, call.Aborted);
            if (blob is not null)
            {
                await call.WriteAsync(200, "text/plain; charset=utf-8", blob);
                return;
            }
        }

        await call.RefuseAsync(404, "");
    }
}
