using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>Gitea's accounts, organisations and repositories.</summary>
internal static class GiteaApi
{
    public static void Map(RouteTable table)
    {
        SharedApi.Map(table);
        GiteaGitApi.Map(table);
        GiteaStatusApi.Map(table);
        GiteaPullApi.Map(table);
        GiteaProtectionApi.Map(table);
        KeyApi.Map(table, isGogs: false);
        table.Add("GET", "/version", c => c.JsonAsync(200, GoJson.Object(("version", "1.16.9"))));
        table.Add("GET", "/settings/api", SettingsAsync);
        table.Add("GET", "/user", c => c.JsonAsync(200, Dialect(c).User(c.Signed(), signedIn: true)));
        table.Add("GET", "/user/repos", MineAsync);
        table.Add("POST", "/user/repos", c => CreateAsync(c, c.Signed()));
        table.Add("GET", "/user/orgs", OrganisationsAsync);
        table.Add("GET", "/users/{name}", UserAsync);
        table.Add("GET", "/users/{name}/tokens", TokensAsync);
        table.Add("POST", "/users/{name}/tokens", CreateTokenAsync);
        table.Add("DELETE", "/users/{name}/tokens/{id}", DeleteTokenAsync);
        table.Add("GET", "/orgs/{org}", OrganisationAsync);
        table.Add("POST", "/orgs/{org}/repos", CreateForOrganisationAsync);
        table.Add("GET", "/repos/search", SearchAsync);
        table.Add("GET", "/repositories/{number}", ByIdAsync);
        table.Add("POST", "/repos/{owner}/{repo}/forks", ForkAsync);
        table.Add(
            "GET",
            "/repos/{owner}/{repo}/hooks/{id}",
            c => c.JsonAsync(200, Dialect(c).HookShape(SharedApi.FindHook(c)))
        );
        table.Add("POST", "/repos/{owner}/{repo}/hooks/{id}/tests", TestHookAsync);
        table.Add("PATCH", "/repos/{owner}/{repo}/issues/comments/{id}", SharedApi.EditCommentAsync);
        table.Add("DELETE", "/repos/{owner}/{repo}/issues/comments/{id}", SharedApi.DeleteCommentAsync);
        table.Add("GET", "/repos/{owner}/{repo}/issues/comments/{id}", CommentAsync);
        table.Add("GET", "/repos/{owner}/{repo}/issues", SharedApi.IssuesAsync);
        table.Add("GET", "/repos/{owner}/{repo}/collaborators", CollaboratorsAsync);
        table.Add("GET", "/repos/{owner}/{repo}/collaborators/{name}", CollaboratorAsync);
        table.Add("GET", "/repos/{owner}/{repo}/collaborators/{name}/permission", PermissionAsync);
        table.Add("PUT", "/repos/{owner}/{repo}/collaborators/{name}", AddCollaboratorAsync);
        table.Add("POST", "/repos/{owner}/{repo}/labels", CreateLabelAsync);
        table.Add("POST", "/repos/{owner}/{repo}/issues/{number}/labels", AddLabelsAsync);
    }

    public static GiteaDialect Dialect(ApiCall call) => (GiteaDialect)call.Engine.Dialect;

    private static Task SettingsAsync(ApiCall call) =>
        call.JsonAsync(
            200,
            GoJson.Object(
                ("max_response_items", 50),
                ("default_paging_num", 30),
                ("default_git_trees_per_page", 1000),
                ("default_max_blob_size", 10485760)
            )
        );

    /// <summary>The id outlives a rename.</summary>
    private static Task ByIdAsync(ApiCall call)
    {
        lock (call.World.Gate)
        {
            var repository = call.World.Repositories.Find(r => r.Id == call.Number("number"));
            return repository is not null && call.World.PermissionOf(call.User, repository) > ForgeAccess.None
                ? call.JsonAsync(200, SharedApi.Shape(call, repository))
                : call.RefuseAsync(404, "");
        }
    }

    private static Task MineAsync(ApiCall call)
    {
        var user = call.Signed();
        return call.ListAsync(Visible(call, r => Owns(call, user, r)));
    }

    private static bool Owns(ApiCall call, ForgeUser user, ForgeRepository repository) =>
        repository.Owner == user
        || repository.Owner.Owners.Contains(user.Id)
        || (
            repository.Collaborators.ContainsKey(user.Id)
            && call.World.PermissionOf(user, repository) > ForgeAccess.None
        );

    private static Task SearchAsync(ApiCall call)
    {
        var wanted = call.Query("q");
        var found = Visible(call, r => r.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase));
        var (page, limit) = call.PageHeaders(
            found.Count,
            call.Positive("page") ?? 1,
            Math.Min(call.Positive("limit") ?? 30, 50)
        );
        var data = GoJson.Array(found.Skip((page - 1) * limit).Take(limit));
        return call.JsonAsync(200, GoJson.Object(("ok", true), ("data", data)));
    }

    private static IReadOnlyList<JsonObject> Visible(ApiCall call, Func<ForgeRepository, bool> fits)
    {
        lock (call.World.Gate)
        {
            return
            [
                .. call
                    .World.Repositories.Where(r => call.World.PermissionOf(call.User, r) > ForgeAccess.None && fits(r))
                    .OrderBy(r => r.Id)
                    .Select(r => SharedApi.Shape(call, r)),
            ];
        }
    }

    private static async Task CreateAsync(ApiCall call, ForgeUser owner)
    {
        var body = call.Body;
        var repository = await call.Engine.CreateRepositoryAsync(
            owner,
            ApiCall.Text(body, "name") ?? throw new ForgeRefusedException(422, "[Name]: Required"),
            ApiCall.Flag(body, "private") ?? false,
            ApiCall.Text(body, "default_branch") is { Length: > 0 } branch ? branch : "main",
            ApiCall.Flag(body, "auto_init") ?? false,
            call.Aborted
        );
        await call.JsonAsync(201, SharedApi.Shape(call, repository));
    }

    private static Task CreateForOrganisationAsync(ApiCall call)
    {
        var user = call.Signed();
        var organisation = FindOrganisation(call);
        return organisation.Owners.Contains(user.Id) || user.IsAdmin
            ? CreateAsync(call, organisation)
            : call.RefuseAsync(403, "Given user is not allowed to create repository in organization.");
    }

    private static async Task ForkAsync(ApiCall call)
    {
        var fork = await call.Engine.ForkAsync(call.Repository(), call.Signed(), call.Aborted);
        await call.JsonAsync(202, SharedApi.Shape(call, fork));
    }

    private static Task OrganisationsAsync(ApiCall call)
    {
        var user = call.Signed();
        lock (call.World.Gate)
        {
            return call.ListAsync([
                .. call.World.Users.Where(u => u.Members.Contains(user.Id)).Select(Dialect(call).Organisation),
            ]);
        }
    }

    private static Task OrganisationAsync(ApiCall call) =>
        call.JsonAsync(200, Dialect(call).Organisation(FindOrganisation(call)));

    private static ForgeUser FindOrganisation(ApiCall call) =>
        call.World.FindUser(call.Route("org")) is { IsOrganisation: true } found
            ? found
            : throw new ForgeRefusedException(404, "");

    private static Task UserAsync(ApiCall call)
    {
        var name = call.Route("name");
        return call.World.FindUser(name) is { } user
            ? call.JsonAsync(200, Dialect(call).User(user, signedIn: call.User == user))
            : call.JsonAsync(
                404,
                GoJson.Object(
                    ("errors", GoJson.Strings([$"user does not exist [uid: 0, name: {name}, keyid: 0]"])),
                    ("message", "GetUserByName"),
                    ("url", call.Engine.BaseUrl + "/api/swagger")
                )
            );
    }

    private static ForgeUser TokenOwner(ApiCall call)
    {
        var asking = call.PasswordUser ?? throw new ForgeRefusedException(401, "auth required");
        var owner = call.World.FindUser(call.Route("name")) ?? throw new ForgeRefusedException(404, "");
        return owner == asking || asking.IsAdmin ? owner : throw new ForgeRefusedException(403, "");
    }

    private static Task TokensAsync(ApiCall call)
    {
        var owner = TokenOwner(call);
        lock (call.World.Gate)
        {
            return call.ListAsync([.. owner.Tokens.Select(t => Token(t, ""))]);
        }
    }

    private static Task CreateTokenAsync(ApiCall call)
    {
        var owner = TokenOwner(call);
        var name = ApiCall.Text(call.Body, "name") ?? "";
        lock (call.World.Gate)
        {
            if (owner.Tokens.Exists(t => t.Name == name))
            {
                return call.RefuseAsync(400, "access token name has been used already");
            }
        }

        var token = call.Engine.AddToken(owner, name);
        return call.JsonAsync(201, Token(token, token.Sha1));
    }

    private static Task DeleteTokenAsync(ApiCall call)
    {
        var owner = TokenOwner(call);
        lock (call.World.Gate)
        {
            var gone = owner.Tokens.RemoveAll(t => t.Name == call.Route("id") || t.Id == call.Number("id"));
            return gone > 0 ? call.EmptyAsync(204) : call.RefuseAsync(404, "");
        }
    }

    private static JsonObject Token(AccessToken token, string sha1) =>
        GoJson.Object(("id", token.Id), ("name", token.Name), ("sha1", sha1), ("token_last_eight", token.Sha1[^8..]));

    private static async Task TestHookAsync(ApiCall call)
    {
        await call.Engine.TestHookAsync(SharedApi.FindHook(call), call.Signed(), call.Aborted);
        await call.EmptyAsync(204);
    }

    private static Task CommentAsync(ApiCall call) =>
        call.Engine.FindComment(call.Repository(), call.Number("id")) is { } comment
            ? call.JsonAsync(200, Dialect(call).Comment(comment))
            : call.RefuseAsync(404, "");

    private static Task CollaboratorsAsync(ApiCall call)
    {
        var repository = call.Repository();
        call.Signed();
        lock (call.World.Gate)
        {
            var users = call.World.Users.Where(u => repository.Collaborators.ContainsKey(u.Id));
            return call.ListAsync([.. users.Select(Dialect(call).User)]);
        }
    }

    private static Task CollaboratorAsync(ApiCall call)
    {
        var repository = call.Repository();
        call.Signed();
        lock (call.World.Gate)
        {
            return call.World.FindUser(call.Route("name")) is { } user && repository.Collaborators.ContainsKey(user.Id)
                ? call.EmptyAsync(204)
                : call.RefuseAsync(404, "");
        }
    }

    /// <summary>The asker is told of themselves; of others only as an administrator of the repository.</summary>
    private static Task PermissionAsync(ApiCall call)
    {
        if (!call.World.TellsPermissions)
            return call.NoEndpointAsync();
        var repository = call.Repository();
        var asker = call.Signed();
        lock (call.World.Gate)
        {
            if (call.World.FindUser(call.Route("name")) is not { } user)
                return call.RefuseAsync(404, "user does not exist");
            if (asker.Id != user.Id && call.World.PermissionOf(asker, repository) < ForgeAccess.Admin)
                return call.RefuseAsync(
                    403,
                    "Only admins can query all permissions, repo admins can query all repo permissions, collaborators can query only their own"
                );
            var permission =
                repository.Owner.Id == user.Id
                    ? "owner"
                    : call.World.PermissionOf(user, repository).ToString().ToLowerInvariant();
            return call.JsonAsync(
                200,
                GoJson.Object(
                    ("permission", permission),
                    ("role_name", permission),
                    ("user", Dialect(call).User(user, signedIn: true))
                )
            );
        }
    }

    private static Task AddCollaboratorAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        var user = call.World.FindUser(call.Route("name")) ?? throw new ForgeRefusedException(422, "");
        lock (call.World.Gate)
        {
            repository.Collaborators[user.Id] = ApiCall.Text(call.Body, "permission") switch
            {
                "read" => ForgeAccess.Read,
                "admin" => ForgeAccess.Admin,
                _ => ForgeAccess.Write,
            };
        }

        return call.EmptyAsync(204);
    }

    private static Task CreateLabelAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Write);
        var label = call.Engine.AddLabel(
            repository,
            ApiCall.Text(call.Body, "name") ?? "",
            ApiCall.Text(call.Body, "color") ?? ""
        );
        return call.JsonAsync(201, Dialect(call).Label(repository, label));
    }

    private static Task AddLabelsAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Write);
        var issue = call.Issue(repository);
        var ids = (call.Body["labels"] as JsonArray ?? []).Select(n => n!.GetValue<long>()).ToHashSet();
        call.Engine.AddLabels(issue, call.Signed(), [.. repository.Labels.Where(l => ids.Contains(l.Id))]);
        lock (call.World.Gate)
        {
            return call.JsonAsync(200, GoJson.Array(issue.Labels.Select(l => Dialect(call).Label(repository, l))));
        }
    }
}
